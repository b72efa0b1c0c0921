/** The ids of the commands that tag cells, for menus, shortcuts and other extensions. */
export namespace TagCommands {
  export const setStage = 'mlcode:set-stage';
  export const nextStage = 'mlcode:next-stage';
  export const previousStage = 'mlcode:previous-stage';
  export const markParameters = 'mlcode:mark-parameters';
  export const markSetup = 'mlcode:mark-setup';
  export const markSkip = 'mlcode:mark-skip';
  export const clear = 'mlcode:clear-tag';
  export const applyFix = 'mlcode:apply-fix';
  export const renameStage = 'mlcode:rename-stage';
  export const mergeStages = 'mlcode:merge-stages';
  export const clearStage = 'mlcode:clear-stage';
  export const recolorStage = 'mlcode:recolor-stage';
  export const undo = 'mlcode:undo-tags';
  export const redo = 'mlcode:redo-tags';
  export const suggest = 'mlcode:suggest-stages';
  export const acceptSuggestion = 'mlcode:accept-suggestion';
  export const discardSuggestion = 'mlcode:discard-suggestion';
}
