import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import type { ISuggestedTag } from '../stages/cellMarks';

/** Where a suggestion of stages is: asked for, shown, or not to be had. */
export type SuggestionState =
  | { readonly kind: 'none' | 'asking' }
  | {
      readonly kind: 'shown';
      readonly suggestions: ReadonlyArray<ISuggestedTag>;
    }
  | { readonly kind: 'failed'; readonly message: string };

/** The suggestion of stages that is shown for one notebook. */
export class SuggestionPreview {
  /** Emitted when the state changes. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get state(): SuggestionState {
    return this._state;
  }
  set state(state: SuggestionState) {
    this._state = state;
    this._changed.emit();
  }

  /** The tags that are suggested; null when none are shown. */
  get suggestions(): ReadonlyArray<ISuggestedTag> | null {
    return this._state.kind === 'shown' ? this._state.suggestions : null;
  }

  private readonly _changed = new Signal<this, void>(this);
  private _state: SuggestionState = { kind: 'none' };
}
