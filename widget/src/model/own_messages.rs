//! One's own messages, by what the issue asks of them: files, second thoughts, and too many at once.

use super::tests::{answer, chunk, done, own, piece};
use super::{ChatModel, State};
use shared::event::Event;
use shared::message::{FileReference, Message, Role};

const WRITTEN: &str = "2026-01-01T00:00:00Z";

fn file(id: i64, filename: &str) -> FileReference {
    FileReference {
        id,
        filename: filename.into(),
        content_type: "image/png".into(),
        size: 2_048,
        url: format!("https://chat.example/files/{id}"),
    }
}

fn stored(id: i64, client_id: &str, content: &str) -> Message {
    match own(id, client_id, content) {
        Event::Message { message } => message,
        other => panic!("{other:?}"),
    }
}

fn sent(text: &str) -> ChatModel {
    let mut model = ChatModel::new(true);
    model.compose("c1".into(), text.into(), WRITTEN.into());
    model.begin_turn("c1");
    model
}

#[test]
fn files_are_shown_before_the_server_has_the_message_and_stay_afterwards() {
    let mut model = sent("Look at this");
    model.attach("c1", vec![file(7, "photo.png")]);
    assert_eq!(model.entries()[0].files, [file(7, "photo.png")]);
    let mut message = stored(1, "c1", "Look at this");
    message.files = vec![file(7, "photo.png")];
    model.apply(Event::Message { message });
    assert_eq!(model.entries().len(), 1);
    assert_eq!(model.entries()[0].files, [file(7, "photo.png")]);
    assert_eq!(model.entries()[0].words(), "Look at this");
}

#[test]
fn a_message_of_files_alone_does_not_repeat_their_names() {
    let files = vec![file(7, "photo.png"), file(8, "invoice.pdf")];
    let mut model = sent(&super::names_of(&files));
    assert_eq!(model.entries()[0].words(), "photo.png, invoice.pdf");
    model.attach("c1", files);
    assert_eq!(model.entries()[0].words(), "");
}

#[test]
fn the_names_of_files_fit_into_a_message() {
    let files: Vec<_> = (0..10).map(|id| file(id, &"ß".repeat(190))).collect();
    assert_eq!(super::names_of(&files).chars().count(), 1_000);
}

#[test]
fn what_was_changed_says_so_and_what_was_taken_back_is_gone() {
    let mut model = sent("teh words");
    model.apply(own(1, "c1", "teh words"));
    assert!(!model.entries()[0].is_edited);
    let mut message = stored(1, "c1", "the words");
    message.edited_at = Some("2026-01-01T00:00:05Z".into());
    model.apply(Event::Edited { message });
    assert_eq!(model.entries()[0].text, "the words");
    assert!(model.entries()[0].is_edited);
    model.apply(Event::Removed { id: 1, seq: 1 });
    assert_eq!(model.entries(), []);
}

/// Histories keep its place, without words.
#[test]
fn what_was_taken_back_does_not_come_back_with_a_history() {
    let mut model = sent("never mind");
    let mut message = stored(1, "c1", "");
    message.removed_at = Some("2026-01-01T00:00:05Z".into());
    model.apply(Event::Message {
        message: message.clone(),
    });
    assert_eq!(model.entries(), [], "not even before it was acknowledged");
    model.apply(Event::Message { message });
    assert_eq!(model.entries(), []);
}

#[test]
fn one_of_too_many_waits_for_its_moment_and_keeps_its_words() {
    let mut model = sent("one too many");
    model.hold("c1", 40_000);
    assert_eq!(model.entries()[0].state, State::Held(40_000));
    assert_eq!(model.outgoing("c1").as_deref(), Some("one too many"));
    model.begin_turn("c1");
    model.accept("c1");
    assert_eq!(model.entries()[0].state, State::Complete);
}

#[test]
fn one_of_too_many_can_be_taken_back_into_the_composer() {
    let mut model = sent("one too many");
    model.attach("c1", vec![file(7, "photo.png")]);
    model.hold("c1", 40_000);
    let key = model.entries()[0].key;
    let taken = model.withdraw(key).expect("the message");
    assert_eq!(taken.words(), "one too many");
    assert_eq!(taken.files, [file(7, "photo.png")]);
    assert_eq!(model.entries(), []);
    assert_eq!(taken.role, Role::User);
}

#[test]
fn the_part_of_an_answer_goes_with_the_message_that_it_answers() {
    // By the stream of the message itself, and by the live channel as another tab hears it.
    let mut model = sent("never mind");
    model.accept("c1");
    model.apply(own(1, "c1", "never mind"));
    model.apply_turn("c1", piece("Half an"));
    model.apply(chunk("a1", 0, "Half an"));
    model.apply(Event::Removed { id: 1, seq: 1 });
    assert_eq!(model.entries(), []);
    model.apply_turn("c1", piece(" answer"));
    assert_eq!(model.entries(), [], "its stream is over");
    // The live channel has told of both before the message's own stream tells what was kept of the answer.
    model.apply(Event::Removed { id: 2, seq: 2 });
    model.apply_turn("c1", done("Half an", Some(2)));
    assert_eq!(model.entries(), [], "nor does its end bring it back");
    let mut model = ChatModel::new(true);
    model.apply(own(1, "c1", "never mind"));
    model.apply(chunk("a1", 0, "Half an"));
    model.apply(Event::Removed { id: 1, seq: 1 });
    assert_eq!(model.entries(), []);
}

#[test]
fn answers_to_other_messages_stay() {
    let mut model = sent("first");
    model.accept("c1");
    model.apply(own(1, "c1", "first"));
    model.apply_turn("c1", piece("Half an"));
    model.apply(own(2, "c2", "second"));
    model.apply(Event::Removed { id: 2, seq: 2 });
    let texts = |model: &ChatModel| -> Vec<String> {
        model
            .entries()
            .iter()
            .map(|entry| entry.text.clone())
            .collect()
    };
    assert_eq!(texts(&model), ["first", "Half an"]);
    model.apply(answer(3, "a1", "Half an answer"));
    model.apply(Event::Removed { id: 1, seq: 1 });
    assert_eq!(texts(&model), ["Half an answer"], "a whole answer stays");
}
