// Server-sent events over fetch, because EventSource cannot carry an Authorization header.

/** Yields {event, data, id} from a response body; throws when nothing at all comes for `silence` ms. */
export async function* events(body, silence) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  let fields = { event: "message", data: [], id: null };
  try {
    for (;;) {
      const { done, value } = await within(reader.read(), silence);
      if (done) return;
      const lines = (rest + value).split(/\r\n|\n|\r(?!$)/);
      rest = lines.pop();
      for (const line of lines) {
        if (line === "") {
          if (fields.data.length) yield { ...fields, data: JSON.parse(fields.data.join("\n")) };
          fields = { event: "message", data: [], id: null };
          continue;
        }
        const colon = line.indexOf(":");
        if (colon === 0) continue; // a comment: the server's sign of life
        const name = colon < 0 ? line : line.slice(0, colon);
        const text = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
        if (name === "data") fields.data.push(text);
        else if (name === "event" || name === "id") fields[name] = text;
      }
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

function within(promise, limit) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(Object.assign(new Error("silent"), { silent: true })), limit);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
