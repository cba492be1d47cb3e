//! What an operator sends while a visitor goes from one page to the next: it waits for the channel that opens there.

use crate::guest::{Channel, Event, Guest};
use crate::nudges::{Shop, shop};
use crate::outsider::quiet;
use crate::support::{TestApp, on_both};
use serde_json::{Value, json};

struct Stage {
    shop: Shop,
    visitor: Value,
    guest: Guest,
}

/// A visitor who has written and whose page is gone.
async fn stage(app: &TestApp) -> Stage {
    let shop = shop(app, quiet()).await;
    shop.outsider.say(app, "Hello").await;
    let row = shop.owner.get(app, "/api/conversations").await.expect(200)["data"][0].clone();
    let mut guest = shop.outsider.guest.clone();
    guest.session = Some(shop.outsider.session.clone());
    guest.post(app, "read", json!({"seq": 1})).await.expect(200);
    Stage {
        visitor: row["visitor"]["id"].clone(),
        shop,
        guest,
    }
}

impl Stage {
    async fn act(&self, app: &TestApp, act: &str, body: Value) -> Value {
        let path = format!("/api/visitors/{}/{act}", self.visitor);
        let reply = self.shop.owner.call(app, "POST", &path, &body).await;
        assert!(matches!(reply.status, 200 | 201), "{}", reply.body);
        reply.body
    }

    async fn nudge(&self, app: &TestApp, text: &str) {
        let sent = self.act(app, "nudge", json!({"text": text})).await;
        assert_eq!(sent["conversations"], 1);
    }

    /// The next page, as the panel opens it: the channel goes on from what the history held.
    async fn page(&self, app: &TestApp) -> Page {
        let history = self.guest.get(app, "history").await.expect(200);
        self.page_after(app, &history["cursor"]).await
    }

    async fn page_after(&self, app: &TestApp, cursor: &Value) -> Page {
        let query = format!("?after={cursor}");
        Page {
            channel: self.guest.listen(app, &query).await,
            nudges: Vec::new(),
        }
    }

    /// The nudges on a channel up to now.
    async fn heard(&self, app: &TestApp, mut page: Page) -> Vec<String> {
        let outsider = self.shop.outsider.clone().coming_from("192.0.2.9");
        outsider.say(app, END).await;
        page.until(|event| event.data["message"]["content"] == END)
            .await;
        page.nudges
    }
}

struct Page {
    channel: Channel,
    nudges: Vec<String>,
}

impl Page {
    /// Until what a channel begins with has come: the mark of what was read is the last of it.
    async fn begun(mut self) -> Self {
        self.until(|event| event.kind() == "read").await;
        self
    }

    async fn until(&mut self, is_end: impl Fn(&Event) -> bool) {
        loop {
            let event = self.channel.next().await.unwrap();
            if is_end(&event) {
                return;
            }
            if event.kind() == "nudge" {
                assert!(event.data["nudge"]["id"].is_i64() && !event.id.is_empty());
                let text = event.data["nudge"]["text"].as_str().unwrap();
                self.nudges.push(text.to_owned());
            }
        }
    }
}

const END: &str = "That is all";
const NONE: [&str; 0] = [];

on_both!(what_was_sent_between_two_pages_comes_on_the_next, |app| {
    let stage = stage(app).await;
    stage.nudge(app, "Free shipping today").await;
    stage.nudge(app, "Still there?").await;
    let next = stage.page(app).await.begun().await;
    assert_eq!(next.nudges, ["Free shipping today", "Still there?"]);
    let third = stage.page(app).await.begun().await;
    assert_eq!(third.nudges, NONE);
    // Nor does it come again as what happens.
    assert_eq!(stage.heard(app, next).await.len(), 2);
});

on_both!(
    of_two_channels_that_open_at_once_one_brings_what_waited,
    |app| {
        let stage = stage(app).await;
        stage.nudge(app, "Free shipping today").await;
        let (one, other) = (stage.page(app).await, stage.page(app).await);
        let (one, other) = tokio::join!(one.begun(), other.begun());
        assert_eq!(one.nudges.len() + other.nudges.len(), 1);
    }
);

on_both!(
    poll_and_channel_bring_what_waited_once_each_in_either_order,
    |app| {
        let stage = stage(app).await;
        stage.nudge(app, "Polled first").await;
        assert_eq!(stage.shop.poll(app, "").await, ["Polled first"]);
        let page = stage.page(app).await.begun().await;
        assert_eq!(page.nudges, ["Polled first"]);
        drop(page);
        stage.nudge(app, "Heard first").await;
        let page = stage.page(app).await.begun().await;
        assert_eq!(page.nudges, ["Heard first"]);
        assert_eq!(stage.shop.poll(app, "").await, ["Heard first"]);
        assert_eq!(stage.shop.poll(app, "").await, NONE);
    }
);

on_both!(
    what_an_open_or_a_resumed_channel_brought_does_not_wait,
    |app| {
        let stage = stage(app).await;
        let open = stage.page(app).await.begun().await;
        stage.nudge(app, "To who is there").await;
        assert_eq!(stage.heard(app, open).await, ["To who is there"]);
        let history = stage.guest.get(app, "history").await.expect(200);
        stage.nudge(app, "To who comes back").await;
        let resumed = stage.page_after(app, &history["cursor"]).await;
        assert_eq!(resumed.begun().await.nudges, ["To who comes back"]);
        let next = stage.page(app).await.begun().await;
        assert_eq!(next.nudges, NONE);
    }
);

on_both!(what_waits_for_a_blocked_visitor_waits_on, |app| {
    let stage = stage(app).await;
    stage.nudge(app, "Free shipping today").await;
    stage.act(app, "block", json!({})).await;
    let blocked = stage.page(app).await.begun().await;
    assert_eq!(blocked.nudges, NONE);
    drop(blocked);
    stage.act(app, "unblock", json!({})).await;
    let next = stage.page(app).await.begun().await;
    assert_eq!(next.nudges, ["Free shipping today"]);
});
