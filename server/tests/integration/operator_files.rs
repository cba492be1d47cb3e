//! Files that operators send: uploaded to a conversation, taken along by a reply, seen at every door of the visitor.

use crate::api_keys::make_key;
use crate::caller::{Caller, Person, Reply};
use crate::desk::counts;
use crate::guest::Guest;
use crate::outsider::{Field, Outsider, bytes, path_of, png, quiet};
use crate::receiver::Receiver;
use crate::support::{Engine, TestApp, on_both};
use parlance::clock::HOUR;
use parlance::store::site::Site;
use serde_json::{Value, json};

struct Room {
    owner: Person,
    site: Site,
    guest: Guest,
    outsider: Outsider,
    /// `/api/conversations/{id}`
    path: String,
}

async fn room(app: &TestApp) -> Room {
    let owner = Person::owner(app, "ada@example.com").await;
    let site = app.site(&owner.operator, quiet()).await;
    let guest = Guest::begun(app, &site).await;
    guest.say(app, "Do you have a picture?").await;
    let outsider = Outsider::at(&site, guest.session.as_deref().unwrap());
    let row = owner.get(app, "/api/conversations").await.expect(200)["data"][0].clone();
    let path = format!("/api/conversations/{}", row["id"].as_str().unwrap());
    Room {
        owner,
        site,
        guest,
        outsider,
        path,
    }
}

async fn upload(app: &TestApp, caller: &Caller, path: &str, filename: &str, bytes: &[u8]) -> Reply {
    let fields: [Field<'_>; 1] = [("file", Some(filename), bytes)];
    let body = crate::outsider::form(&fields);
    let path = format!("{path}/upload");
    caller
        .raw(app, "POST", &path, crate::outsider::FORM, body)
        .await
}

impl Room {
    async fn upload(&self, app: &TestApp, filename: &str, bytes: &[u8]) -> Value {
        upload(app, &self.owner, &self.path, filename, bytes)
            .await
            .expect(201)
    }

    async fn reply(&self, app: &TestApp, body: Value) -> Reply {
        let path = format!("{}/reply", self.path);
        self.owner.call(app, "POST", &path, &body).await
    }
}

on_both!(an_operators_file_is_seen_at_every_door, |app| {
    let room = room(app).await;
    let file = room.upload(app, "cat.png", &png()).await;
    let fields: Vec<&String> = file.as_object().unwrap().keys().collect();
    assert_eq!(fields, ["contentType", "filename", "id", "size", "url"]);
    assert_eq!(
        (&file["filename"], &file["contentType"]),
        (&json!("cat.png"), &json!("image/png"))
    );
    let mut channel = room.guest.listen(app, "").await;
    let request = json!({"message": "Here it is", "files": [file["id"]]});
    let sent = room.reply(app, request).await.expect(201);
    let shown = json!([{
        "id": file["id"], "filename": "cat.png", "content_type": "image/png",
        "size": file["size"], "url": file["url"],
    }]);
    assert_eq!(sent["files"], shown);

    let live = channel.until("message").await;
    assert_eq!(live.data["message"]["files"], shown);
    let history = room.guest.get(app, "history").await.expect(200);
    assert_eq!(history["messages"][1]["files"], shown);
    let messages = format!("{}/messages", room.path);
    let messages = room.owner.get(app, &messages).await.expect(200);
    assert_eq!(messages["data"][1]["files"], shown);
    let polled = room.outsider.get(app, "operator-messages").await;
    assert_eq!(polled.expect(200)["messages"][0]["files"], shown);

    let session = &room.outsider.session;
    let path = format!("conversations/{session}/messages");
    let helped = room.outsider.help(app, "GET", &path, &Value::Null).await;
    let helped = helped.expect(200)[1].clone();
    assert_eq!(helped["direction"], "outbound");
    assert_eq!(helped["files"][0]["id"], file["id"]);
    let download = format!(
        "/api/v1/chat/conversations/{session}/files/{}/{}?site_key={}",
        helped["id"], file["id"], room.outsider.site_key
    );
    let (headers, downloaded) = bytes(app, &room.guest, &download).await;
    assert_eq!(headers["content-type"], "image/png");
    let (_, served) = bytes(app, &room.guest, &path_of(&file["url"])).await;
    assert_eq!(downloaded, served);
    assert_eq!(
        i64::try_from(served.len()).unwrap(),
        file["size"].as_i64().unwrap()
    );
});

on_both!(a_file_may_go_without_a_word, |app| {
    let room = room(app).await;
    let file = room.upload(app, "price list.csv", b"a,b\n1,2").await;
    for empty in [json!({}), json!({"message": " "}), json!({"files": []})] {
        let refused = room.reply(app, empty.clone()).await.expect(400);
        assert_eq!(refused["error"], "validation_failed", "{empty}");
    }
    let sent = room.reply(app, json!({"files": [file["id"]]})).await;
    assert_eq!(sent.expect(201)["content"], "");
    let row = room.owner.get(app, &room.path).await.expect(200);
    assert_eq!(row["preview"], "price list.csv");
    assert_eq!(row["mode"], "operator");
});

on_both!(
    foreign_and_used_files_are_refused_and_nothing_is_stored,
    |app| {
        let room = room(app).await;
        let used = room.upload(app, "used.txt", b"used").await;
        let request = json!({"message": "Once", "files": [used["id"]], "clientId": "c-1"});
        let first = room.reply(app, request.clone()).await.expect(201);
        // The same again is the same message.
        assert_eq!(room.reply(app, request).await.expect(201), first);

        let own = room.upload(app, "own.txt", b"own").await;
        let fields: [Field<'_>; 1] = [("file", Some("theirs.txt"), b"theirs")];
        let path = room.guest.path("upload");
        let visitors = room
            .outsider
            .send_form(app, &path, &fields)
            .await
            .expect(200);
        let elsewhere = Guest::begun(app, &room.site).await;
        elsewhere.say(app, "Hello").await;
        let rows = room.owner.get(app, "/api/conversations").await.expect(200);
        let other = rows["data"].as_array().unwrap().iter();
        let mut other =
            other.map(|row| format!("/api/conversations/{}", row["id"].as_str().unwrap()));
        let other = other.find(|path| *path != room.path).unwrap();
        let other = upload(app, &room.owner, &other, "other.txt", b"other").await;
        let other = other.expect(201);

        let before = counts(app).await;
        for files in [
            json!([used["id"]]),
            json!([visitors["id"]]),
            json!([other["id"]]),
            json!([own["id"], own["id"]]),
            json!([own["id"], 999_999]),
            json!(vec![1; 11]),
            json!("x"),
            json!(["x"]),
        ] {
            let request = json!({"message": "Look", "files": files});
            let refused = room.reply(app, request).await.expect(400);
            assert_eq!(refused["error"], "validation_failed", "{files}");
        }
        let changed = json!({"message": "Once", "files": [own["id"]], "clientId": "c-1"});
        assert_eq!(room.reply(app, changed).await.status, 400);
        // A visitor does not send what an operator has uploaded.
        let stolen = json!({"message": "Look", "files": [own["id"]]});
        room.guest.post(app, "chat", stolen).await.expect(422);
        assert_eq!(counts(app).await, before);
        let kept = json!({"message": "Look", "files": [own["id"]]});
        room.reply(app, kept).await.expect(201);
    }
);

on_both!(who_may_upload_and_what, |app| {
    let room = room(app).await;
    let stranger = Person::owner(app, "eve@example.com").await;
    let before = counts(app).await;
    for (caller, status) in [(&Caller::NOBODY, 401), (&stranger.caller, 404)] {
        let refused = upload(app, caller, &room.path, "a.txt", b"text").await;
        assert_eq!(refused.status, status);
        assert!(refused.body["error"].is_string());
    }
    for (filename, content) in [
        ("a.svg", &b"<svg xmlns='http://www.w3.org/2000/svg'/>"[..]),
        ("a.html", b"<script>alert(1)</script>"),
        ("a.png", b""),
    ] {
        let refused = upload(app, &room.owner, &room.path, filename, content).await;
        assert_eq!(refused.expect(415)["error"], "unsupported_media_type");
    }
    let large = vec![b'a'; (10 << 20) + 1];
    let refused = upload(app, &room.owner, &room.path, "a.txt", &large).await;
    assert_eq!(refused.expect(413)["error"], "payload_too_large");
    let path = format!("{}/upload", room.path);
    let refused = room.owner.call(app, "POST", &path, &json!({})).await;
    assert_eq!(refused.status, 415);
    assert_eq!(counts(app).await, before, "nothing was stored");

    let (key, _) = make_key(app, &room.owner, &["conversations"]).await;
    upload(app, &key, &room.path, "a.pdf", b"%PDF-1.7")
        .await
        .expect(201);
    let (other, _) = make_key(app, &room.owner, &["knowledge"]).await;
    let refused = upload(app, &other, &room.path, "a.pdf", b"%PDF-1.7").await;
    assert_eq!(refused.status, 403);
});

/// Twenty of an hour are the visitor's; operators have a limit of their own.
#[tokio::test]
async fn operators_files_do_not_count_as_the_visitors_and_are_bounded() {
    let app = TestApp::new(Engine::of_run()).await;
    let room = room(&app).await;
    for number in 0..200 {
        room.upload(&app, "a.txt", format!("{number}").as_bytes())
            .await;
    }
    let refused = upload(&app, &room.owner, &room.path, "a.txt", b"more").await;
    assert!(refused.headers.contains_key("retry-after"));
    assert_eq!(refused.expect(429)["error"], "rate_limited");
    let fields: [Field<'_>; 1] = [("file", Some("theirs.txt"), b"theirs")];
    let path = room.guest.path("upload");
    room.outsider
        .send_form(&app, &path, &fields)
        .await
        .expect(200);
    app.clock.advance(HOUR);
    room.upload(&app, "a.txt", b"the next hour").await;
}

/// `admin_reply` is told for files without words too.
#[tokio::test]
async fn webhooks_hear_of_a_reply_that_is_only_a_file() {
    let app = TestApp::with(Engine::of_run(), |config| {
        config.egress_allow = vec!["127.0.0.0/8".parse().unwrap()];
    })
    .await;
    let room = room(&app).await;
    let receiver = Receiver::start(Vec::new()).await;
    let hook = json!({"url": receiver.url(), "events": ["admin_reply"]});
    room.owner
        .call(&app, "POST", "/api/webhooks", &hook)
        .await
        .expect(201);
    let file = room.upload(&app, "cat.png", &png()).await;
    room.reply(&app, json!({"files": [file["id"]]}))
        .await
        .expect(201);
    assert_eq!(parlance::core::webhook::deliver_due(&app).await.unwrap(), 1);
    assert_eq!(receiver.received()[0].json()["data"]["sender"], "admin");
}
