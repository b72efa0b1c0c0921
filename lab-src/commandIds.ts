/** The ids of our commands, for menus, shortcuts and other extensions. */
export namespace CommandIDs {
  export const revealCell = 'mlcode:reveal-cell';
  export const showProblems = 'mlcode:show-problems';
  export const exportPipeline = 'mlcode:export';
  export const run = 'mlcode:run';
}
