// Brings the records of an imported dataset to the map, when the map asks for them.
import type { Values } from "./echo.ts";

export async function bringDataset(
  layer: string,
  address: string | undefined,
  post: (message: Values, transfer?: Transferable[]) => void,
): Promise<void> {
  try {
    if (address === undefined) throw new Error("The page does not offer it any more.");
    const response = await fetch(address, { credentials: "same-origin" });
    if (!response.ok) throw new Error(`The server answered ${response.status}.`);
    const payload = await response.arrayBuffer();
    post({ type: "atlas:layer", layer, payload }, [payload]);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    post({ type: "atlas:layer", layer, message });
  }
}
