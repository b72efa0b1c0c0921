import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';
import * as React from 'react';

import { StageInput } from '../components/StageInput';
import type { IStageChoice } from '../components/StageInput';

/** What the popover asks about. */
export interface IStageQuestion {
  /** The node of the cell that the popover stands at. */
  readonly anchor: HTMLElement;
  readonly stages: ReadonlyArray<IStageChoice>;
  readonly target: string;
  readonly current: string;
}

export interface IStagePopoverOptions {
  readonly trans: TranslationBundle;
  readonly onApply: (stage: string) => void;
  readonly onNext: () => void;
  /** Called when the user is done; `back` when the focus should go to the notebook. */
  readonly onClose: (back: boolean) => void;
}

const GAP = 4;

/** A small field at a cell that asks for the name of a stage. */
export class StagePopover extends ReactWidget {
  constructor(private readonly _options: IStagePopoverOptions) {
    super();
    this.addClass('jp-mlcode-StagePopover');
    this.addClass('jp-ThemedContainer');
    this.node.setAttribute('role', 'dialog');
    this.node.setAttribute('aria-label', _options.trans.__('Set Stage'));
  }

  /** Ask; what was asked before is forgotten. */
  ask(question: IStageQuestion): void {
    this._question = question;
    if (!this.isAttached) {
      Widget.attach(this, document.body);
    }
    this.update();
    void this.renderPromise?.then(() => {
      this._place();
      this.node.querySelector('input')?.focus();
    });
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    this.node.addEventListener('focusout', this._onFocusOut);
    document.addEventListener('pointerdown', this._onPointerDown, true);
    window.addEventListener('resize', this._place);
    document.addEventListener('scroll', this._place, true);
  }

  protected override onBeforeDetach(message: Message): void {
    this.node.removeEventListener('focusout', this._onFocusOut);
    document.removeEventListener('pointerdown', this._onPointerDown, true);
    window.removeEventListener('resize', this._place);
    document.removeEventListener('scroll', this._place, true);
    super.onBeforeDetach(message);
  }

  protected render(): React.JSX.Element | null {
    const { trans, onApply, onNext, onClose } = this._options;
    return (
      this._question && (
        <StageInput
          stages={this._question.stages}
          target={this._question.target}
          current={this._question.current}
          trans={trans}
          onApply={onApply}
          onNext={onNext}
          onClose={() => onClose(true)}
        />
      )
    );
  }

  private readonly _onFocusOut = (event: FocusEvent): void => {
    const next = event.relatedTarget;
    // Without a next one the window lost the focus, and will get it back.
    if (next instanceof Node && !this.node.contains(next)) {
      this._options.onClose(false);
    }
  };

  private readonly _onPointerDown = (event: PointerEvent): void => {
    if (event.target instanceof Node && !this.node.contains(event.target)) {
      this._options.onClose(false);
    }
  };

  private readonly _place = (): void => {
    const anchor = this._question?.anchor;
    if (!anchor?.isConnected) {
      return;
    }
    const input = anchor.querySelector('.jp-InputArea-editor') ?? anchor;
    const { left, bottom } = input.getBoundingClientRect();
    const { width, height } = this.node.getBoundingClientRect();
    const { style } = this.node;
    // Below the code, which one wants to read while naming it.
    style.left = `${within(left, innerWidth - width)}px`;
    style.top = `${within(bottom + GAP, innerHeight - height)}px`;
  };

  private _question: IStageQuestion | null = null;
}

function within(position: number, limit: number): number {
  return Math.max(GAP, Math.min(position, limit - GAP));
}
