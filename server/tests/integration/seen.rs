//! "Seen" at a visitor's message: whoever answers has read what stands before the answer, through whatever door.

use crate::api_keys::make_key;
use crate::caller::Person;
use crate::guest::{Channel, Guest};
use crate::outsider::quiet;
use crate::support::on_both;
use serde_json::{Value, json};

/// Up to where the channel says that operators have read.
async fn seen(channel: &mut Channel) -> Value {
    loop {
        let event = channel.until("read").await;
        if event.data["who"] == "operator" {
            return event.data["seq"].clone();
        }
    }
}

on_both!(who_answers_has_read_what_was_asked, |app| {
    let owner = Person::owner(app, "ada@example.com").await;
    let site = app.site(&owner.operator, quiet()).await;
    let (program, _) = make_key(app, &owner, &["conversations"]).await;
    let guest = Guest::begun(app, &site).await;
    guest.say(app, "Hello").await;
    let mut open = guest.listen(app, "").await;
    let history = async || guest.get(app, "history").await.expect(200)["seen_seq"].clone();
    assert_eq!(history().await, 0);
    let rows = owner.get(app, "/api/conversations").await.expect(200);
    let path = format!(
        "/api/conversations/{}/reply",
        rows["data"][0]["id"].as_str().unwrap()
    );
    for (caller, seq) in [(&program, 2), (&owner.caller, 4)] {
        let reply = json!({"message": "How can I help?"});
        let replied = caller.call(app, "POST", &path, &reply).await;
        replied.expect(201);
        assert_eq!(seen(&mut open).await, seq);
        assert_eq!(history().await, seq);
        // Whoever comes later, too.
        let mut later = guest.listen(app, "").await;
        assert_eq!(seen(&mut later).await, seq);
        guest.say(app, "And tomorrow?").await;
        assert_eq!(history().await, seq, "nobody has read the next one");
    }
});
