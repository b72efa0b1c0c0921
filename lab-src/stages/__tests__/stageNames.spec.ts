import { completeStage, nameStage, toStageName } from '../stageNames';
import { isStageName } from '../stageTags';

describe('toStageName', () => {
  it.each([
    ['Load data', 'load_data'],
    ['  Train & test ', 'train_test'],
    ['2. Prepare', 'prepare'],
    ['Größe', 'grosse'],
    ['feature-set', 'feature-set'],
    ['<img src=x onerror=alert(1)>', 'img_src_x_onerror_alert_1'],
    ['数据', ''],
    ['x'.repeat(80), 'x'.repeat(63)]
  ])('makes of %p', (text, name) => {
    expect(toStageName(text)).toBe(name);
    expect(name === '' || isStageName(name)).toBe(true);
  });
});

describe('nameStage', () => {
  const stages = ['load', 'Not Yet', 'feature-set'];

  it.each([
    ['', 'empty', ''],
    ['  ', 'empty', ''],
    ['load', 'existing', 'load'],
    ['Load', 'existing', 'load'],
    ['Not Yet', 'existing', 'Not Yet'],
    ['train', 'new', 'train'],
    ['feature_set', 'taken', 'feature-set'],
    ['not yet', 'new', 'not_yet'],
    ['123', 'invalid', '123'],
    ['con', 'invalid', 'con']
  ])('%p is %s', (text, kind, name) => {
    expect(nameStage(text, stages)).toEqual({ kind, name });
  });
});

describe('completeStage', () => {
  const stages = ['report', 'prepare', 'load', 'pre-train'];

  it('lists all in notebook order as long as nothing is typed', () => {
    expect(completeStage('', stages)).toEqual(stages);
  });

  it('lists first those that begin with the text', () => {
    expect(completeStage('re', stages)).toEqual([
      'report',
      'prepare',
      'pre-train'
    ]);
  });

  it('does not mind case, - and _', () => {
    expect(completeStage('PRE_', stages)).toEqual(['pre-train']);
  });
});
