import * as React from 'react';

import type { ExportReply, FileChange } from '../api/messages';
import { FOLDER_TARGET, hasEdits } from '../export/choice';
import type { IExportChoice } from '../export/choice';
import { diffLines, diffSize } from '../export/diffLines';
import type { Trans } from './actions';
import { Notice } from './Notice';

export interface IExportPreviewProps {
  readonly reply: ExportReply;
  readonly choice: IExportChoice;
  readonly overwrite: boolean;
  /** Why the last preview did not work; null when it did. */
  readonly error: { readonly message: string; readonly hint: string } | null;
  readonly trans: Trans;
  readonly onChoice: (choice: IExportChoice) => void;
  readonly onOverwrite: (overwrite: boolean) => void;
}

/** What an export would do, file by file. */
export function ExportPreview(props: IExportPreviewProps): React.JSX.Element {
  const { reply, choice, error, trans, onChoice } = props;
  const id = React.useId();
  return (
    <div className="jp-mlcode-Export">
      <div className="jp-mlcode-Field">
        <label htmlFor={id}>{trans.__('Folder')}</label>
        <input
          id={id}
          spellCheck={false}
          value={choice.folder ?? reply.folder}
          onChange={event =>
            onChoice({ ...choice, folder: event.target.value || null })
          }
        />
      </div>
      <Targets {...props} />
      {error === null ? null : (
        <Notice text={error.message} hint={error.hint} />
      )}
      {reply.state === 'refused' ? (
        <Notice
          text={trans.__('The notebook has errors.')}
          hint={reply.problems[0]?.message ?? ''}
        />
      ) : (
        <Files {...props} />
      )}
    </div>
  );
}

function Targets(props: IExportPreviewProps): React.JSX.Element | null {
  const { reply, choice, trans, onChoice } = props;
  const targets = reply.targets.filter(target => target !== FOLDER_TARGET);
  if (targets.length === 0) {
    return null;
  }
  return (
    <fieldset className="jp-mlcode-Targets">
      <legend>{trans.__('Besides the pipeline itself')}</legend>
      {targets.map(target => (
        <label key={target}>
          <input
            type="checkbox"
            checked={choice.targets.includes(target)}
            onChange={event =>
              onChoice({
                ...choice,
                targets: event.target.checked
                  ? [...choice.targets, target]
                  : choice.targets.filter(other => other !== target)
              })
            }
          />{' '}
          {target}
        </label>
      ))}
    </fieldset>
  );
}

function Files(props: IExportPreviewProps): React.JSX.Element {
  const { reply, overwrite, trans, onOverwrite } = props;
  return (
    <>
      <h3 className="jp-mlcode-Export-title">
        {reply.changes.length === 0
          ? trans.__('Nothing would change.')
          : trans._n(
              '%1 file would change',
              '%1 files would change',
              reply.changes.length
            )}
      </h3>
      {hasEdits(reply) ? (
        <div className="jp-mlcode-Notice">
          <p>
            <span aria-hidden="true">⚠ </span>
            {trans.__(
              'Files marked as edited hold changes that were made by hand. They would be lost.'
            )}
          </p>
          <label>
            <input
              type="checkbox"
              checked={overwrite}
              onChange={event => onOverwrite(event.target.checked)}
            />{' '}
            {trans.__('Overwrite files that were edited by hand')}
          </label>
        </div>
      ) : null}
      <ul className="jp-mlcode-Changes" aria-label={trans.__('Files')}>
        {reply.changes.map(change => (
          <li key={change.path}>
            <Change change={change} trans={trans} />
          </li>
        ))}
      </ul>
    </>
  );
}

interface IChangeProps {
  readonly change: FileChange;
  readonly trans: Trans;
}

function Change({ change, trans }: IChangeProps): React.JSX.Element {
  const [open, setOpen] = React.useState(change.kind === 'edited');
  const { added, removed } = diffSize(change.diff);
  return (
    <details
      className="jp-mlcode-Change"
      data-kind={change.kind}
      open={open}
      onToggle={event => setOpen(event.currentTarget.open)}
    >
      <summary>
        <span className="jp-mlcode-Change-kind">
          <span aria-hidden="true">{SIGNS[change.kind]}</span>{' '}
          {word(change.kind, trans)}
        </span>
        <code>{change.path}</code>
        <span className="jp-mlcode-Change-size">
          +{added} −{removed}
        </span>
      </summary>
      {open ? (
        <pre className="jp-mlcode-Diff" tabIndex={0}>
          {diffLines(change.diff).map((line, index) => (
            <span key={index} data-kind={line.kind}>
              {line.text}
              {'\n'}
            </span>
          ))}
        </pre>
      ) : null}
    </details>
  );
}

const SIGNS: Readonly<Record<FileChange['kind'], string>> = {
  new: '+',
  changed: '~',
  removed: '−',
  edited: '✎'
};

function word(kind: FileChange['kind'], trans: Trans): string {
  switch (kind) {
    case 'new':
      return trans.__('new');
    case 'changed':
      return trans.__('changed');
    case 'removed':
      return trans.__('removed');
    case 'edited':
      return trans.__('edited');
  }
}
