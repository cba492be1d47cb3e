//! What webhooks tell: the documented payload of each event.

use crate::clock::{Millis, SECOND};
use crate::core::session::visitor_name_of;
use crate::core::ticket::public_number;
use crate::error::{Error, Result};
use crate::store::delivery::Subject;
use serde::Serialize;
use shared::message::{Message, Role, Thumb};
use shared::webhook::WebhookEvent;
use shared::widget::EscalationTrigger;

/// Who said something, in the words of the chatbots document.
const VISITOR: &str = "visitor";
const ASSISTANT: &str = "assistant";
const ADMIN: &str = "admin";

/// One thing that happened in a conversation.
#[derive(Debug, Clone)]
pub struct News {
    pub(super) event: WebhookEvent,
    /// Whose text is told.
    pub(super) message_id: Option<i64>,
    details: Details,
}

#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Details {
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sender: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    feedback: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ticket_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trigger: Option<&'static str>,
}

#[derive(Serialize)]
struct Payload<'a> {
    event: WebhookEvent,
    timestamp: String,
    data: Data<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Data<'a> {
    conversation_id: String,
    chatbot_id: String,
    #[serde(flatten)]
    details: &'a Details,
    visitor_id: String,
}

/// The one way of words to the outside. What must not leave the house is taken out here.
fn told(words: &str) -> String {
    words.to_owned()
}

impl News {
    /// A visitor has begun a conversation.
    pub fn conversation() -> Self {
        Self {
            event: WebhookEvent::NewConversation,
            message_id: None,
            details: Details::default(),
        }
    }

    /// Somebody said something. What the product itself notes down in a conversation is no news.
    pub fn of_message(message: &Message) -> Vec<Self> {
        let (sender, events): (_, &[WebhookEvent]) = match message.role {
            Role::User => (VISITOR, &[WebhookEvent::NewMessage]),
            Role::Assistant => (ASSISTANT, &[WebhookEvent::NewMessage]),
            Role::Operator => (ADMIN, &[WebhookEvent::NewMessage, WebhookEvent::AdminReply]),
            Role::System => return Vec::new(),
        };
        let news = |event: &WebhookEvent| Self {
            event: *event,
            message_id: Some(message.id),
            details: Details {
                message: Some(told(&message.content)),
                sender: Some(sender),
                ..Details::default()
            },
        };
        events.iter().map(news).collect()
    }

    /// A ticket was opened. Its message is what the visitor wrote along.
    pub fn escalation(number: i64, trigger: EscalationTrigger, note: Option<&str>) -> Self {
        Self {
            event: WebhookEvent::Escalation,
            message_id: None,
            details: Details {
                message: note.map(told),
                ticket_number: Some(public_number(number)),
                trigger: Some(trigger.as_str()),
                ..Details::default()
            },
        }
    }

    /// A thumb for an answer: `message` and `sender` are the answer's.
    pub fn feedback(answer: &Message, value: Thumb, reason: Option<&str>) -> Self {
        Self {
            event: WebhookEvent::FeedbackReceived,
            message_id: Some(answer.id),
            details: Details {
                message: Some(told(&answer.content)),
                sender: Some(ASSISTANT),
                feedback: Some(value.as_str()),
                reason: reason.map(told),
                ..Details::default()
            },
        }
    }

    /// The body of the request, as the document shows it.
    pub(super) fn payload(&self, subject: &Subject, now: Millis) -> Result<String> {
        let payload = Payload {
            event: self.event,
            timestamp: whole_second(now),
            data: Data {
                conversation_id: format!("conv_{}", subject.conversation),
                chatbot_id: format!("bot_{}", subject.site),
                details: &self.details,
                visitor_id: visitor_name_of(subject.visitor_client_id.clone(), &subject.visitor),
            },
        };
        serde_json::to_string(&payload).map_err(Error::internal)
    }
}

/// `2026-04-12T14:30:00Z`
fn whole_second(time: Millis) -> String {
    let timestamp = jiff::Timestamp::from_second(time.div_euclid(SECOND));
    timestamp.unwrap_or(jiff::Timestamp::UNIX_EPOCH).to_string()
}

#[cfg(test)]
mod tests {
    use super::{News, whole_second};
    use crate::store::delivery::Subject;
    use shared::message::{Message, MessageStatus, Role};

    #[test]
    fn a_payload_is_the_documented_one() {
        let message = Message {
            id: 7,
            seq: 1,
            role: Role::User,
            content: "How do I cancel my plan?".into(),
            author: None,
            created_at: String::new(),
            status: MessageStatus::Complete,
            answer_id: None,
            client_id: None,
            sources: Vec::new(),
            files: Vec::new(),
            feedback: None,
            edited_at: None,
            removed_at: None,
        };
        let subject = Subject {
            conversation: "xyz789".into(),
            site: "abc123".into(),
            visitor: "def456".into(),
            visitor_client_id: None,
        };
        let news = News::of_message(&message).remove(0);
        assert_eq!(
            news.payload(&subject, 1_776_004_200_999).unwrap(),
            r#"{"event":"new_message","timestamp":"2026-04-12T14:30:00Z","data":{"conversationId":"conv_xyz789","chatbotId":"bot_abc123","message":"How do I cancel my plan?","sender":"visitor","visitorId":"vis_def456"}}"#
        );
    }

    #[test]
    fn times_are_whole_seconds() {
        assert_eq!(whole_second(1_767_225_600_999), "2026-01-01T00:00:00Z");
    }
}
