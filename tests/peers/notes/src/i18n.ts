type Words = Record<string, string>;

export function translate(language: string, word: string): string {
  const words: Words = require('./i18n/' + language + '.json');
  return words[word] ?? word;
}
