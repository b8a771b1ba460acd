// The one-file document carries its payload in the page: base64 of gzip in a text element.

export async function readEmbedded(): Promise<ArrayBuffer> {
  const node = document.getElementById("atlas-payload");
  if (node === null) throw new Error("The document carries no map data.");
  let raw: string;
  try {
    raw = atob((node.textContent ?? "").trim());
  } catch {
    throw new Error("The document's map data is damaged.");
  }
  const bytes = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) bytes[i] = raw.charCodeAt(i);
  try {
    const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return await new Response(plain).arrayBuffer();
  } catch {
    throw new Error("The document's map data is damaged.");
  }
}
