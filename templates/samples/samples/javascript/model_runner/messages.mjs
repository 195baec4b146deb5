/** What is said to the user beside the result. */

/** Something that the user can put right. */
export class SampleError extends Error {}

/** Escape what a terminal would act upon: names in a model may hold anything. */
export function printable(text) {
  return String(text).replace(
    /[\p{C}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${character.codePointAt(0).toString(16)}}`,
  );
}
