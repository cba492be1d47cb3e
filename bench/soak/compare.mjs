// What a visitor remembers against what the server tells.

/**
 * `sent`: messages in the order of sending, `{ text, acknowledged, answer }`. `history`: what the server gives, oldest first.
 * Says what is lost, doubled, out of order or different, and how many questions still wait for an answer.
 */
export function compare(sent, history) {
  const problems = [];
  const written = history.filter(({ role }) => role === "user").map(({ content }) => content);
  const known = new Map(sent.map(({ text }, position) => [text, position]));

  let before = -1;
  for (const text of written) {
    const position = known.get(text);
    if (position === undefined) problems.push(`nobody wrote "${text}"`);
    else if (position === before) problems.push(`doubled: "${text}"`);
    else if (position < before) problems.push(`out of order or doubled: "${text}"`);
    before = Math.max(before, position ?? before);
  }
  const stored = new Set(written);
  for (const { text, acknowledged } of sent) {
    if (acknowledged && !stored.has(text)) problems.push(`lost although acknowledged: "${text}"`);
  }

  const answers = answersByQuestion(history);
  for (const { text, answer } of sent) {
    const given = answers.get(text) ?? [];
    if (given.length > 1) problems.push(`${given.length} answers to "${text}"`);
    if (answer === undefined) continue;
    if (given.length === 0) problems.push(`the answer to "${text}" is lost although it was done`);
    else if (given[0].content !== answer) problems.push(`the answer to "${text}" is another than the one that was done`);
  }
  for (const [index, { seq }] of history.entries()) {
    if (index > 0 && seq !== undefined && seq !== history[index - 1].seq + 1) problems.push(`a gap before position ${seq}`);
  }
  const unanswered = written.filter((text) => !answers.get(text)?.some(({ status }) => status !== "streaming")).length;
  return { problems, unanswered };
}

/** Which answers stand behind each question. */
function answersByQuestion(history) {
  const answers = new Map();
  let question;
  for (const message of history) {
    if (message.role === "user") question = message.content;
    else if (message.role === "assistant") answers.set(question, [...(answers.get(question) ?? []), message]);
  }
  return answers;
}
