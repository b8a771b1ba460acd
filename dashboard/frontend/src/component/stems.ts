// Buttons and fields of one kind, one for each thing: their classes end with a mark or the id of the thing.
const MARK = /_(?:[a-z]{2}-)?[0-9a-f]{8,}$/;

/** What all classes of one kind begin with; empty when the class has no mark. */
export function stemOf(key: string): string {
  return MARK.test(key) ? key.replace(MARK, "_") : "";
}

/** Whether a class is of that kind. */
export function isOf(key: string, stem: string): boolean {
  return stemOf(key) === stem;
}
