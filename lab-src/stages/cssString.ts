/** The text as a CSS string: whatever it holds, it cannot end the string or the rule. */
export function cssString(text: string): string {
  const safe = text.replace(
    /["\\<>\p{C}\u2028\u2029]/gu,
    char => `\\${(char.codePointAt(0) ?? 0).toString(16)} `
  );
  return `"${safe}"`;
}
