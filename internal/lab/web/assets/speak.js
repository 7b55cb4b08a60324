// Speak reads aloud what is said in one call: on the phone that has the focus, else in the first that
// talks. A call that began to speak keeps the voice until it is over.

let sid; // of the call that has the voice
let heard = 0; // how many of its lines were spoken

export function speak(on) {
  if (!on) {
    if (sid) speechSynthesis.cancel();
    sid = undefined;
    return;
  }
  const calls = [...document.querySelectorAll(".call[data-talking]")];
  const call = calls.find((c) => c.closest(".phone").contains(document.activeElement)) ??
    calls.find((c) => c.dataset.sid === sid) ?? calls[0];
  if (!call) {
    sid = undefined; // what has begun is spoken to its end
    return;
  }
  const lines = Array.from(call.querySelectorAll(".said p"));
  if (call.dataset.sid !== sid) {
    speechSynthesis.cancel();
    sid = call.dataset.sid;
    heard = Math.max(0, lines.length - 1);
  }
  for (const line of lines.slice(heard)) {
    const words = new SpeechSynthesisUtterance(line.textContent);
    words.lang = line.closest("[lang]").lang;
    speechSynthesis.speak(words);
  }
  heard = lines.length;
}
