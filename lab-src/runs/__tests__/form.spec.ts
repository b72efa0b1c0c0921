import type { Parameter } from '../../api/messages';
import { parseTolerance, parseValue, readForm, valueText } from '../form';

function parameter(
  name: string,
  type: Parameter['type'],
  value: unknown
): Parameter {
  return { name, type, default: value, help: '', cell_id: 'a', line: 1 };
}

describe('parseValue', () => {
  it.each([
    ['3', 'int', 3],
    [' -3 ', 'int', -3],
    ['1e-3', 'float', 0.001],
    ['TRUE', 'bool', true],
    [' as it is ', 'str', ' as it is '],
    ['[1, "a"]', 'list', [1, 'a']],
    ['{"a": 1}', 'dict', { a: 1 }],
    ['null', 'null', null],
    ['text', 'any', 'text']
  ] as const)('%p as %s', (text, type, value) => {
    expect(parseValue(text, type)).toEqual({ ok: true, value });
  });

  it.each([
    ['3.5', 'int'],
    ['', 'int'],
    ['12345678901234567890', 'int'],
    ['', 'float'],
    ['NaN', 'float'],
    ['yes', 'bool'],
    ['{}', 'list'],
    ['[]', 'dict'],
    ['null', 'dict'],
    ['[1', 'list']
  ] as const)('%p is no %s', (text, type) => {
    expect(parseValue(text, type)).toEqual({ ok: false, want: type });
  });
});

describe('readForm', () => {
  const parameters = [
    parameter('threshold', 'float', 0.5),
    parameter('name', 'str', 'a'),
    parameter('__proto__', 'int', 1)
  ];

  it('sends nothing when nothing is changed', () => {
    expect(readForm(parameters, {})).toEqual({ values: {}, errors: {} });
  });

  it('sends what differs', () => {
    const entries = { threshold: '0.3', name: 'a' };
    expect(readForm(parameters, entries).values).toEqual({ threshold: 0.3 });
  });

  it('sends nothing for the default written otherwise', () => {
    expect(readForm(parameters, { threshold: '5e-1' }).values).toEqual({});
  });

  it('tells which are wrong', () => {
    expect(readForm(parameters, { threshold: 'x' }).errors).toEqual({
      threshold: 'float'
    });
  });
});

describe('valueText', () => {
  it('shows text without quotes and the rest as JSON', () => {
    expect(valueText('a', 'str')).toBe('a');
    expect(valueText([1], 'list')).toBe('[1]');
    expect(valueText(undefined, 'null')).toBe('null');
  });
});

describe('parseTolerance', () => {
  it.each([
    ['', null],
    ['  ', null],
    ['1e-9', 1e-9],
    [' 0.1 ', 0.1],
    ['0', undefined],
    ['-1e-9', undefined],
    ['0.2', undefined],
    ['NaN', undefined],
    ['much', undefined]
  ])('%p is %p', (text, tolerance) => {
    expect(parseTolerance(text)).toBe(tolerance);
  });
});
