// A photo, made ready in the browser: turned upright, made smaller, and written anew as JPEG, so that the place and
// the time that a phone notes inside a photo never leave it. (The server does the same again for all channels.)

const LONGEST = 2560; // pixels of the longer side
const QUALITY = 0.88;

/** @param {File} file @returns {Promise<Blob>} the file itself where the browser cannot read it */
export async function readyPhoto(file) {
  try {
    const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST / Math.max(bitmap.width, bitmap.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(bitmap.width * scale));
    canvas.height = Math.max(1, Math.round(bitmap.height * scale));
    canvas.getContext("2d")?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    bitmap.close();
    const made = await new Promise((/** @type {(blob: Blob | null) => void} */ resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
    return made ?? file;
  } catch {
    return file;
  }
}
