// Made by tools/make-types.mjs from server/openapi/, which is made from the shapes in shared/. Not to be edited.

/**
 * What a field of the form before the conversation takes.
 */
export type FieldKind = "text" | "email" | "phone" | "select";
/**
 * What a field may hold, or null.
 */
export type OptionalFieldValue = boolean | number | string | null;
/**
 * Events of the stream that `POST /widget/chat` answers with.
 */
export type ChatEvent =
  | {
      text: string;
      type: "chunk";
    }
  | {
      chat_ended: boolean;
      /**
       * The model failed and the built-in answerer answered instead.
       */
      fallback?: boolean;
      /**
       * The stored reply.
       */
      message_id?: number | null;
      mode: Mode;
      session_id: string;
      sources?: Source[];
      /**
       * The whole reply: the chunks joined, byte for byte. Empty while an operator has the conversation.
       */
      text: string;
      ticket_number?: string | null;
      type: "done";
    }
  | {
      code: string;
      message: string;
      type: "error";
    };
/**
 * Who answers the visitor's next message.
 */
export type Mode = "ai" | "waiting" | "operator" | "closed";
/**
 * The site's configuration with its nudges.
 */
export type Config = WidgetConfig & {
  /**
   * Rules to judge on the page; those that do not hold at this time of the day are left out.
   */
  nudges?: WidgetNudge[];
};
/**
 * Who speaks.
 */
export type Role = "user" | "assistant" | "operator" | "system";
/**
 * Why a person was asked for.
 */
export type EscalationTrigger = "user_request" | "ai_handoff" | "low_confidence" | "policy";
/**
 * What happened. Durable kinds are rows with a cursor and are replayed after a reconnect; the others only
 * reach those who listen at that moment.
 */
export type Event =
  | {
      message: Message;
      type: "message";
    }
  | {
      answer_id: string;
      offset: number;
      text: string;
      type: "chunk";
    }
  | {
      type: "typing";
      until: string;
      who: Typist;
    }
  | {
      mode: Mode;
      operator?: string | null;
      ticket_number?: string | null;
      type: "mode";
    }
  | {
      seq: number;
      type: "read";
      who: Typist;
    }
  | {
      message: Message;
      type: "edited";
    }
  | {
      id: number;
      seq: number;
      type: "removed";
    }
  | {
      blocked: boolean;
      type: "blocked";
      /**
       * When it ends by itself, in UTC; left out where it does not. Nothing more is told then.
       */
      until?: string | null;
    }
  | {
      nudge: Nudge;
      type: "nudge";
    }
  | {
      type: "ended";
    }
  | {
      code: string;
      message: string;
      type: "error";
    }
  | {
      conversation: Conversation;
      type: "conversation";
    };
/**
 * A visitor's verdict on one answer.
 */
export type Thumb = "up" | "down";
/**
 * How far a message has come.
 */
export type MessageStatus = "complete" | "streaming" | "interrupted";
/**
 * Who is typing.
 */
export type Typist = "visitor" | "assistant" | "operator";
/**
 * What a field may hold. It is kept as text.
 */
export type FieldValue = boolean | number | string;
export type IdentityMode = "identified" | "anonymous";
export type ChatMode = "inline";
export type ChatTheme = "light" | "dark" | "auto";

/**
 * A field that visitors fill in before they write, in the words of their language. `POST /widget/contact` takes it under
 * its name; `name`, `email` and `phone` are the contact's own.
 */
export interface AskedField {
  label: string;
  name: string;
  /**
   * What visitors read for each of `options`, in the same order; left out where they read the options themselves.
   */
  option_labels?: string[];
  /**
   * One of these is sent, as it stands here in every language.
   */
  options?: string[];
  required: boolean;
  type: FieldKind;
}
/**
 * The operator who has a conversation.
 */
export interface Assignee {
  id: number;
  name: string;
}
/**
 * `POST /widget/attributes`
 */
export interface AttributesRequest {
  /**
   * Set over those that are there; null takes one away. At most 50 are kept, names of 1 to 40 letters, digits, `_`, `-` and
   * `.`, values of at most 500 characters.
   */
  attributes: {
    [k: string]: OptionalFieldValue;
  };
}
/**
 * The person or assistant whose name stands at the message.
 */
export interface Author {
  name: string;
}
/**
 * Where an answer comes from. `number` is what `[n]` in the text refers to, from 1.
 */
export interface Source {
  /**
   * The passage the answer rests on, shortened.
   */
  excerpt?: string | null;
  number: number;
  title: string;
  url?: string | null;
}
/**
 * `POST /widget/chat`
 */
export interface ChatRequest {
  /**
   * The version of the site's consent text that the visitor has agreed to.
   */
  consent_version?: number | null;
  /**
   * Ids of files that `/widget/upload` gave, to go with this message.
   */
  files?: number[];
  message: string;
  /**
   * The client's own id of this message: a resend with the same one answers with the first result.
   */
  message_id?: string | null;
}
/**
 * `GET /widget/config`: at most 1 KB brotli, everything the loader and the panel need before a session exists.
 */
export interface WidgetConfig {
  /**
   * Whether the assistant answers at all (`aiMode`): `on`, `off`, `delay`.
   */
  ai_mode: string;
  /**
   * Origins that may embed the panel; empty means any.
   */
  allowed_domains: string[];
  /**
   * `ch_…`
   */
  bot_id: string;
  consent?: null | Consent;
  contact_email?: string | null;
  contact_phone?: string | null;
  contact_url?: string | null;
  /**
   * Open conversations a visitor may have at a time; left out where any number.
   */
  conversation_limit?: number;
  enabled: boolean;
  /**
   * Short line beside the launcher and at the head of the panel.
   */
  greeting: string;
  hours?: null | Hours;
  language?: string | null;
  /**
   * What the launcher is called, in the site's language or that of `locale`.
   */
  launcher_label?: string;
  link_safety: LinkSafety;
  name: string;
  /**
   * What the site says outside its hours.
   */
  offline_message?: string | null;
  /**
   * What to ask before the first message.
   */
  pre_chat_fields?: AskedField[];
  privacy_url?: string | null;
  /**
   * Questions offered before the first message.
   */
  starter_questions?: string[];
  style: WidgetStyle;
  tos_url?: string | null;
  /**
   * `POST /widget/transcript` works: the server sends mail.
   */
  transcript_mail?: boolean;
  voice?: null | Voice;
  website_url?: string | null;
  /**
   * First message of the assistant, shown before anything is stored.
   */
  welcome_message: string;
}
/**
 * What to agree to before the first message.
 */
export interface Consent {
  /**
   * Empty where the site asks for none.
   */
  text?: string;
  /**
   * Counts up by itself whenever the text changes, in any language.
   */
  version?: number;
}
/**
 * Left out where the site names no business hours.
 */
export interface Hours {
  is_open: boolean;
  /**
   * When that changes, in UTC; left out where it does not within a week.
   */
  next_change_at?: string | null;
}
/**
 * Links in answers: own domains open at once, others ask first.
 */
export interface LinkSafety {
  allowed_domains?: string[];
  enabled?: boolean;
  /**
   * What the confirmation says; empty means the panel's own words.
   */
  label?: string;
}
/**
 * Colours and shape of launcher and panel. Colours are `#rgb` or `#rrggbb`.
 */
export interface WidgetStyle {
  bg_color: string;
  button_color: string;
  /**
   * `rounded`, `square`, `pill`
   */
  corner_style: string;
  /**
   * `none`, `soft`, `strong`
   */
  drop_shadow: string;
  font_color: string;
  glow_color?: string | null;
  /**
   * `none`, `small`, `medium`, `large`
   */
  glow_size: string;
  /**
   * `none`, `soft`, `strong`
   */
  glow_strength: string;
  /**
   * Pixels between the launcher and the edges of the page.
   */
  offset_x: number;
  offset_y: number;
  /**
   * `bottom-right`, `bottom-left`, `top-right`, `top-left`
   */
  position: string;
  primary_color: string;
  /**
   * `auto`, `light`, `dark`
   */
  theme: string;
}
/**
 * Left out where the server does nothing of it and the site says nothing of how browsers speak.
 */
export interface Voice {
  /**
   * The browser's voice to read aloud in, where it has one of this name; left out where the server reads aloud.
   */
  name?: string | null;
  /**
   * `POST /widget/speak` works.
   */
  speak: boolean;
  /**
   * How fast the browser reads aloud, a number from 0.25 to 4; left out where the server does.
   */
  speed?: string | null;
  /**
   * `POST /widget/transcribe` works.
   */
  transcribe: boolean;
}
/**
 * A rule as the widget gets it with its configuration: what has to be judged on the page itself. Business hours are
 * judged already.
 */
export interface WidgetNudge {
  first_visit: boolean;
  id: number;
  max_per_visitor: number;
  pause_hours: number;
  seconds_on_page: number;
  text: string;
  url_pattern: string;
}
/**
 * What visitors agree to before their first message.
 */
export interface Consent1 {
  /**
   * Empty where the site asks for none.
   */
  text?: string;
  /**
   * Counts up by itself whenever the text changes, in any language.
   */
  version?: number;
}
/**
 * `POST /widget/contact`: at least one field.
 */
export interface ContactRequest {
  email?: string | null;
  name?: string | null;
  phone?: string | null;
  /**
   * What a field may hold, or null.
   */
  [k: string]: boolean | number | string | null | undefined;
}
/**
 * One row of the inbox, and the head of an open conversation.
 */
export interface Conversation {
  /**
   * When the site's pages last told something of the visitor.
   */
  activityAt?: string | null;
  assignee?: null | Assignee;
  /**
   * What the site's own form asked before the conversation, by the fields' names.
   */
  contactFields?: {
    [k: string]: string;
  };
  createdAt: string;
  /**
   * Cursor of the operators' channel at the time of this reply: events after it are news.
   */
  eventCursor?: number | null;
  /**
   * `conv_…`
   */
  id: string;
  lastMessageAt: string;
  lastSeq: number;
  locale?: string | null;
  mode: Mode;
  number: number;
  pageUrl?: string | null;
  /**
   * Start of the last message, one line.
   */
  preview: string;
  previewRole?: null | Role;
  rating?: null | Rating;
  referrer?: string | null;
  /**
   * Numeric id of the site.
   */
  siteId: number;
  siteName: string;
  tags?: string[];
  ticketNumber?: string | null;
  /**
   * Visitor messages no operator has opened.
   */
  unreadCount: number;
  visitor: Visitor;
  /**
   * How far the visitor has read.
   */
  visitorReadSeq: number;
  /**
   * Since when the visitor waits for a person.
   */
  waitingSince?: string | null;
}
/**
 * A rating of a whole conversation.
 */
export interface Rating {
  comment?: string | null;
  /**
   * 1 to 5.
   */
  score: number;
}
/**
 * Who writes, as far as is known.
 */
export interface Visitor {
  blocked: boolean;
  /**
   * When the block ends, in UTC; left out where it does not.
   */
  blockedUntil?: string | null;
  consent?: null | GivenConsent;
  email?: string | null;
  /**
   * The `sub` of the identity token.
   */
  externalId?: string | null;
  id: number;
  /**
   * Vouched for by the site's own back end.
   */
  identified: boolean;
  name?: string | null;
  phone?: string | null;
  /**
   * The name that the caller of `POST /api/chat/{chatbotId}` gave the visitor, else `vis_…`.
   */
  visitorId: string;
}
/**
 * The latest of the site's consent texts that they agreed to.
 */
export interface GivenConsent {
  givenAt: string;
  version: number;
}
/**
 * `PATCH /widget/messages/{id}`
 */
export interface EditRequest {
  message: string;
}
export interface EscalateReply {
  mode: Mode;
  session_id: string;
  /**
   * `ESC-42`
   */
  ticket_number: string;
}
/**
 * `POST /widget/escalate`
 */
export interface EscalateRequest {
  trigger?: EscalationTrigger;
  user_note?: string | null;
}
/**
 * One message of a conversation.
 */
export interface Message {
  /**
   * Ties an answer's chunks to the message that ends it.
   */
  answer_id?: string | null;
  author?: null | Author;
  /**
   * The id the sender gave it, so that its own copy can be told from a new message.
   */
  client_id?: string | null;
  /**
   * Plain text for `user`, Markdown for the rest. Never HTML.
   */
  content: string;
  /**
   * ISO 8601, UTC, with `Z`.
   */
  created_at: string;
  /**
   * When its visitor changed it.
   */
  edited_at?: string | null;
  feedback?: null | Thumb;
  files?: FileReference[];
  id: number;
  /**
   * When its visitor took it back: its place stays, its words are gone.
   */
  removed_at?: string | null;
  role: Role;
  /**
   * Position in its conversation, from 1, without gaps.
   */
  seq: number;
  sources?: Source[];
  status?: MessageStatus;
}
/**
 * A file that hangs on a message.
 */
export interface FileReference {
  content_type: string;
  filename: string;
  id: number;
  size: number;
  url: string;
}
/**
 * A nudge as its visitor gets it.
 */
export interface Nudge {
  /**
   * ISO 8601, UTC, with `Z`.
   */
  created_at: string;
  id: number;
  text: string;
}
/**
 * `POST /widget/feedback`: one answer. `value` null takes the verdict back.
 */
export interface FeedbackRequest {
  message_id: number;
  reason?: string | null;
  value?: null | Thumb;
}
/**
 * What a visitor agreed to, and when.
 */
export interface GivenConsent1 {
  givenAt: string;
  version: number;
}
/**
 * `GET /widget/history`
 */
export interface HistoryReply {
  blocked: boolean;
  /**
   * When the block ends, in UTC; left out where it does not.
   */
  blocked_until?: string | null;
  chat_ended: boolean;
  /**
   * Pass it as `after` to `GET /widget/events`: what follows is news.
   */
  cursor: number;
  has_more: boolean;
  /**
   * Oldest first.
   */
  messages: Message[];
  mode: Mode;
  /**
   * Name of the operator who has the conversation.
   */
  operator?: string | null;
  rating?: null | Rating;
  /**
   * Position of the last message that the visitor has read, on whatever page or tab.
   */
  read_seq?: number;
  /**
   * Position up to which operators have read; 0 where none has.
   */
  seen_seq?: number;
  session_id: string;
  ticket_number?: string | null;
}
/**
 * Whether people are there, at the time of the reply.
 */
export interface Hours1 {
  is_open: boolean;
  /**
   * When that changes, in UTC; left out where it does not within a week.
   */
  next_change_at?: string | null;
}
/**
 * The body of a request that says nothing further: whoever sends more than an object means something else, and is refused.
 */
export interface Nothing {}
export interface OkReply {
  ok: boolean;
}
/**
 * One page of a list. `next_cursor` is passed back as `cursor`; none means the end.
 */
export interface Page_OwnConversation {
  /**
   * Items: One of a visitor's conversations, as `GET /widget/conversations` lists them.
   */
  data: {
    chat_ended: boolean;
    last_message_at: string;
    mode: Mode;
    /**
     * Start of the last message, one line.
     */
    preview: string;
    preview_role?: null | Role;
    session_id: string;
    ticket_number?: string | null;
    /**
     * Messages of others that the visitor has not read.
     */
    unread: number;
  }[];
  nextCursor?: string | null;
}
/**
 * `POST /widget/rate`: the conversation as a whole.
 */
export interface RateRequest {
  comment?: string | null;
  /**
   * 1 to 5.
   */
  score: number;
}
/**
 * `POST /widget/read`
 */
export interface ReadRequest {
  seq: number;
}
/**
 * The fields of the form.
 */
export interface RecordingForm {
  /**
   * WebM, Ogg, MP4, MP3, WAV or FLAC, at most 10 MB.
   */
  audio: string;
}
export interface SessionInitReply {
  /**
   * The visitor has as many open conversations as the site allows; this is the latest of them.
   */
  continued?: boolean;
  /**
   * Why the identity token was not taken.
   */
  identity_error?: string | null;
  mode: IdentityMode;
  session_id: string;
  visitor_id: string;
}
/**
 * `POST /widget/session/init`
 */
export interface SessionInitRequest {
  bot_id: string;
  identity_token?: string | null;
  locale?: string | null;
  /**
   * The page the panel stands on.
   */
  parent_url?: string | null;
  referrer?: string | null;
  /**
   * Of an earlier session of the same browser: it proves whose the new one is, so that `GET /widget/conversations`
   * lists both. Without it a `visitor_id` opens nothing.
   */
  session_id?: string | null;
  /**
   * Of an earlier session of the same browser, as that session's reply gave it.
   */
  visitor_id?: string | null;
}
/**
 * `POST /widget/speak`
 */
export interface SpeakRequest {
  message_id: number;
}
/**
 * `POST /widget/track`
 */
export interface TrackRequest {
  /**
   * What happened, in at most 100 characters.
   */
  name: string;
  /**
   * Where it happened.
   */
  page_url?: string | null;
  /**
   * At most 20, with names and values as attributes have them.
   */
  properties?: {
    [k: string]: FieldValue;
  };
}
/**
 * What `POST /widget/transcribe` has heard.
 */
export interface TranscribeReply {
  text: string;
}
/**
 * `GET /widget/transcript/address`
 */
export interface TranscriptAddress {
  /**
   * Left in this conversation, or vouched for by a verified identity; left out where there is none.
   */
  email?: string | null;
}
/**
 * `POST /widget/transcript`: the conversation as a letter.
 */
export interface TranscriptRequest {
  /**
   * Where to. A conversation goes to at most 3 addresses, and 5 times a day.
   */
  email: string;
  /**
   * The language to write in, a tag such as `de-AT`. Without it that of the session counts, then that of the site.
   */
  locale?: string | null;
  /**
   * The reader's time zone, such as `Europe/Vienna`; one that is not known is UTC.
   */
  time_zone?: string | null;
}
/**
 * The fields of the form.
 */
export interface UploadForm {
  /**
   * PNG, JPEG, GIF, WebP, PDF, DOCX, TXT, MD or CSV, at most 10 MB.
   */
  file: string;
}
/**
 * What the server does of speech; the rest is the browser's.
 */
export interface Voice1 {
  /**
   * The browser's voice to read aloud in, where it has one of this name; left out where the server reads aloud.
   */
  name?: string | null;
  /**
   * `POST /widget/speak` works.
   */
  speak: boolean;
  /**
   * How fast the browser reads aloud, a number from 0.25 to 4; left out where the server does.
   */
  speed?: string | null;
  /**
   * `POST /widget/transcribe` works.
   */
  transcribe: boolean;
}
/**
 * How this surface refuses.
 */
export interface WidgetError {
  /**
   * Stable, for programs.
   */
  code: string;
  /**
   * A sentence for people.
   */
  detail: string;
}
/**
 * What the other events tell: a message's words, a ticket's number, a score.
 */
export interface ChatDetail {
  text?: string | null;
}
/**
 * What `Parlance.on("nudge", …)` is told.
 */
export interface ChatNudge {
  id: number;
  text: string;
}
/**
 * What a page says when it starts the chat, beside the identity token, which may be a function.
 */
export interface ChatOptions {
  /**
   * `none`, or a selector of the page's own elements that open and close the chat.
   */
  launcher?: string | null;
  /**
   * The visitor's language, such as `de` or `pt-BR`.
   */
  locale?: string | null;
  mode?: null | ChatMode;
  /**
   * Opens the chat as soon as the page has loaded.
   */
  open?: boolean | null;
  /**
   * Address of the server, such as `https://chat.example.com`.
   */
  origin: string;
  /**
   * `site_…`
   */
  site: string;
  /**
   * Selector of the element that an inline chat stands in.
   */
  target?: string | null;
  theme?: null | ChatTheme;
}
/**
 * `Parlance.state()`
 */
export interface ChatState {
  /**
   * Unknown until the site's configuration is there.
   */
  enabled?: boolean | null;
  open: boolean;
  /**
   * The launcher stands.
   */
  ready: boolean;
  site?: string | null;
  unread: number;
}
/**
 * What `Parlance.on("unread", …)` is told.
 */
export interface ChatUnread {
  count: number;
}
