/**
 * Names of an instance's or a prototype's members, inherited ones too, that are `meant`; no getter
 * is called.
 */
export function memberNames(
  of: object,
  meant: (member: PropertyDescriptor, name: string) => boolean,
): string[] {
  const names: string[] = [];
  for (
    let owner: object | null = of;
    owner !== null && owner !== Object.prototype;
    owner = Object.getPrototypeOf(owner) as object | null
  ) {
    const members = Object.entries(Object.getOwnPropertyDescriptors(owner));
    names.push(...members.filter(([name, member]) => meant(member, name)).map(([name]) => name));
  }
  return names;
}
