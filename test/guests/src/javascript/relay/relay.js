// Async exports of a component made by QuickJS (componentize-qjs without --sync).
export async function greet(name, turns) {
  let seen = 0;
  for (let i = 0; i < turns; ++i) seen += await Promise.resolve(1);
  return `hello ${name} after ${seen}`;
}

export async function gather(parts) {
  const later = parts.map(async (part, i) => {
    for (let k = 0; k < parts.length - i; ++k) await null;
    return part.toUpperCase();
  });
  const first = await Promise.race(later);
  return `${(await Promise.all(later)).join(' ')}, first ${first}`;
}

export async function check(n) {
  await null;
  if (n === 0) throw new Error('nothing to check');
  return n + 1;
}
