// What the loader itself says, in the panel's languages: open, close, dismiss, unread. Counts stand behind a colon, where no language
// has to bend a word for them.
const WORDS = {
  en: "Open chat|Close chat|Dismiss|unread messages",
  de: "Chat öffnen|Chat schließen|Ausblenden|ungelesene Nachrichten",
  fr: "Ouvrir le chat|Fermer le chat|Masquer|messages non lus",
  es: "Abrir el chat|Cerrar el chat|Descartar|mensajes sin leer",
  pt: "Abrir o chat|Fechar o chat|Dispensar|mensagens não lidas",
  it: "Apri la chat|Chiudi la chat|Nascondi|messaggi non letti",
  nl: "Chat openen|Chat sluiten|Verbergen|ongelezen berichten",
  pl: "Otwórz czat|Zamknij czat|Ukryj|nieprzeczytane wiadomości",
  tr: "Sohbeti aç|Sohbeti kapat|Gizle|okunmamış mesajlar",
  ru: "Открыть чат|Закрыть чат|Скрыть|непрочитанные сообщения",
  uk: "Відкрити чат|Закрити чат|Сховати|непрочитані повідомлення",
  ar: "فتح الدردشة|إغلاق الدردشة|إخفاء|رسائل غير مقروءة",
  he: "פתיחת הצ׳אט|סגירת הצ׳אט|הסתרה|הודעות שלא נקראו",
  ja: "チャットを開く|チャットを閉じる|非表示にする|未読メッセージ",
  zh: "打开聊天|关闭聊天|忽略|未读消息",
  hi: "चैट खोलें|चैट बंद करें|हटाएँ|अपठित संदेश",
};

export const wordsOf = (locale) => {
  const asked = `${locale}`.slice(0, 2).toLowerCase();
  const language = asked in WORDS ? asked : "en";
  const [open, close, dismiss, unread] = WORDS[language].split("|");
  const counted = (count) => (language === "en" ? `${count} unread message${count > 1 ? "s" : ""}` : `${unread}: ${count}`);
  return { language, close, dismiss, open: (count) => (count ? `${open}, ${counted(count)}` : open) };
};
