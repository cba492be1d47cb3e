//! Two replicas on one database and one Redis: what happens at one is heard, counted and effective at the other.

use crate::api_keys::make_key;
use crate::caller::{Caller, PASSWORD, Person};
use crate::desk::house;
use crate::guest::{Channel, Guest};
use crate::scripted_model::{ScriptedModel, Step, head, token};
use crate::support::{Engine, TestApp};
use axum::body::Body;
use parlance::bus::standing::Standing;
use parlance::clock::MINUTE;
use parlance::config::{Config, ModelConfig};
use parlance::core::{conversation, replicas};
use parlance::rates::Rule;
use parlance::store;
use parlance::store::site::Site;
use serde_json::{Value, json};
use shared::account::UserRole;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

pub const PATIENCE: Duration = Duration::from_secs(20);
/// In which what is done at one replica is effective at the other.
const SOON: Duration = Duration::from_secs(1);

#[expect(
    clippy::disallowed_methods,
    reason = "the test run tells its own server's address by the environment"
)]
fn redis_of_run() -> String {
    std::env::var("PARLANCE_TEST_REDIS_URL")
        .expect("PARLANCE_TEST_REDIS_URL names a Redis server; `make test` starts one")
}

/// Two replicas. A key of their own keeps them apart from other tests that use the same Redis.
pub struct Pair {
    pub one: TestApp,
    pub two: TestApp,
    carriers: Vec<JoinHandle<()>>,
}

impl Pair {
    pub async fn on(redis: &str, engine: Engine, change: impl FnOnce(&mut Config)) -> Self {
        static NEXT: AtomicU8 = AtomicU8::new(0);
        let mut key = [NEXT.fetch_add(1, Ordering::SeqCst); 32];
        key[..4].copy_from_slice(&std::process::id().to_be_bytes());
        let one = TestApp::with(engine, |config| {
            config.redis_url = Some(redis.to_owned());
            config.secret_key = Some(key);
            change(config);
        })
        .await;
        let two = one.replica(2, |_| {}).await;
        let mut pair = Self {
            one,
            two,
            carriers: Vec::new(),
        };
        for app in [&pair.one, &pair.two] {
            pair.carriers.push(carry(app));
        }
        pair
    }

    async fn together(engine: Engine) -> Self {
        let pair = Self::on(&redis_of_run(), engine, |_| {}).await;
        pair.stands(true).await;
        pair
    }

    /// Waits until both hear each other, or do not.
    pub async fn stands(&self, together: bool) {
        for app in [&self.one, &self.two] {
            stands(app, together).await;
        }
    }

    pub fn advance(&self, by: i64) {
        self.one.clock.advance(by);
        self.two.clock.advance(by);
    }
}

/// Connects a replica to the others, as serving does.
fn carry(app: &TestApp) -> JoinHandle<()> {
    tokio::spawn(replicas::work(app.app.clone(), CancellationToken::new()))
}

async fn stands(app: &TestApp, together: bool) {
    let stands = async {
        while matches!(app.bus.standing(), Some(Standing::Together(_))) != together {
            tokio::task::yield_now().await;
        }
    };
    let awaited = timeout(PATIENCE, stands).await;
    awaited.unwrap_or_else(|_| panic!("it does not come to {together}"));
}

pub async fn site(app: &TestApp, bot: &Value) -> Site {
    let mut connection = app.db.read().await.unwrap();
    let site = store::site::by_id(&mut connection, bot["id"].as_i64().unwrap()).await;
    site.unwrap().unwrap()
}

/// The operators' channel.
pub async fn listen(app: &TestApp, caller: &Caller) -> Channel {
    let request = caller.request("GET", "/api/events");
    let request = request.body(Body::empty()).unwrap();
    let response = parlance::router(app.app.clone())
        .oneshot(request)
        .await
        .unwrap();
    assert_eq!(response.status(), 200);
    Channel::new(response)
}

/// The conversation as the operators' surface spells it.
pub async fn spelling(app: &TestApp, owner: &Person) -> String {
    let list = owner.get(app, "/api/conversations").await.expect(200);
    list["data"][0]["id"].as_str().unwrap().to_owned()
}

pub async fn replies(app: &TestApp, person: &Person, conversation: &str, text: &str) {
    let path = format!("/api/conversations/{conversation}/reply");
    let body = json!({"message": text});
    person.call(app, "POST", &path, &body).await.expect(201);
}

/// Reads on until the message at position `last`; gives position and text of every message.
pub async fn thread(channel: &mut Channel, last: i64) -> Vec<(i64, String)> {
    let mut heard = Vec::new();
    let hears = async {
        while heard.last().is_none_or(|(seq, _)| *seq != last) {
            let event = channel.until("message").await;
            let message = &event.data["message"];
            let seq = message["seq"].as_i64().unwrap();
            heard.push((seq, message["content"].as_str().unwrap().to_owned()));
        }
    };
    let heard_all = timeout(PATIENCE, hears).await.is_ok();
    assert!(heard_all, "only {heard:?} came");
    heard
}

/// What `body` makes true is so within a second.
async fn soon<T>(body: impl Future<Output = T>) -> T {
    timeout(SOON, body).await.expect("it took too long")
}

/// Reads on until the conversation's row in lists shows these words.
pub async fn row_with(channel: &mut Channel, words: &str) {
    let mut rows = Vec::new();
    let shown = async {
        loop {
            let row = channel.until("conversation").await.data["conversation"].to_string();
            if row.contains(words) {
                return;
            }
            rows.push(row);
        }
    };
    let is_shown = timeout(PATIENCE, shown).await.is_ok();
    assert!(is_shown, "no row shows {words}: {rows:?}");
}

/// Makes one test for each database from one body about two replicas.
macro_rules! on_both {
    ($name:ident, |$pair:ident| $body:block) => {
        mod $name {
            use super::*;

            async fn body($pair: Pair) $body

            #[tokio::test]
            async fn sqlite() {
                body(Pair::together(Engine::Sqlite).await).await;
            }

            #[tokio::test]
            async fn postgres() {
                body(Pair::together(Engine::Postgres).await).await;
            }
        }
    };
}

on_both!(one_conversation_lives_at_both, |pair| {
    let (one, two) = (&pair.one, &pair.two);
    let (owner, bot) = house(one).await;
    let guest = Guest::begun(one, &site(one, &bot).await).await;
    let mut visitor = guest.listen(two, "").await;
    let mut visitors_other_tab = guest.listen(one, "").await;
    let mut operator = listen(two, &owner).await;
    let mut other_operator = listen(one, &owner).await;

    guest.say(one, "Hello from one").await;
    soon(row_with(&mut operator, "Hello from one")).await;
    let conversation = spelling(two, &owner).await;
    for round in 0..5 {
        replies(two, &owner, &conversation, &format!("two {round}")).await;
        replies(one, &owner, &conversation, &format!("one {round}")).await;
        guest.say(two, &format!("visitor {round}")).await;
    }
    let mut expected = vec![(1, "Hello from one".to_owned())];
    for round in 0..5 {
        for who in ["two", "one", "visitor"] {
            let seq = i64::try_from(expected.len()).unwrap() + 1;
            expected.push((seq, format!("{who} {round}")));
        }
    }
    assert_eq!(thread(&mut visitor, 16).await, expected);
    assert_eq!(thread(&mut visitors_other_tab, 16).await, expected);
    assert_eq!(thread(&mut other_operator, 16).await, expected);
    assert_eq!(thread(&mut operator, 16).await, expected[1..]);
    soon(row_with(&mut other_operator, "visitor 4")).await;
    soon(row_with(&mut operator, "visitor 4")).await;
});

on_both!(who_types_and_reads_is_seen_at_both, |pair| {
    let (one, two) = (&pair.one, &pair.two);
    let (owner, bot) = house(one).await;
    let guest = Guest::begun(one, &site(one, &bot).await).await;
    guest.say(one, "Hello").await;
    let mut visitor = guest.listen(two, "").await;
    let mut operator = listen(two, &owner).await;
    let conversation = spelling(one, &owner).await;
    let row = conversation::find(one, &owner.operator, &conversation)
        .await
        .unwrap();
    conversation::operator_types(one, &row);
    let typing = soon(visitor.until("typing")).await;
    assert_eq!(typing.data["who"], "operator");
    let path = format!("/api/conversations/{conversation}/read");
    owner
        .call(one, "POST", &path, &json!({"seq": 1}))
        .await
        .expect(200);
    let read = soon(visitor.until("read")).await;
    assert_eq!(
        (&read.data["seq"], &read.data["who"]),
        (&json!(1), &json!("operator"))
    );
    soon(operator.until("read")).await;
});

on_both!(signing_out_and_revoking_end_channels_at_both, |pair| {
    let (one, two) = (&pair.one, &pair.two);
    let (owner, bot) = house(one).await;
    let account = Some(owner.operator.account_id);
    let other = Person::new(one, account, "op@example.com", UserRole::Operator).await;
    let admin = Person::new(one, account, "grace@example.com", UserRole::Admin).await;
    let (key, id) = make_key(one, &admin, &["conversations"]).await;
    let mut leaving = listen(two, &owner).await;
    let mut staying = listen(two, &other).await;
    let program = listen(two, &key).await;
    owner
        .call(one, "POST", "/auth/logout", &json!({}))
        .await
        .expect(204);
    soon(async { while leaving.next().await.is_some() {} }).await;
    owner.get(two, "/api/events").await.expect(401);
    admin
        .call(one, "DELETE", &format!("/api/keys/{id}"), &Value::Null)
        .await
        .expect(204);
    soon(program.rest()).await;
    key.get(two, "/api/events").await.expect(401);
    let guest = Guest::begun(one, &site(one, &bot).await).await;
    guest.say(one, "Still there?").await;
    let heard = soon(staying.until("message")).await;
    assert_eq!(heard.data["message"]["content"], "Still there?");
});

on_both!(what_shuts_a_visitor_out_does_so_at_both, |pair| {
    let (one, two) = (&pair.one, &pair.two);
    let (owner, bot) = house(one).await;
    let site = site(one, &bot).await;
    let blocked = Guest::begun(one, &site).await;
    blocked.say(one, "Spam").await;
    let mut channel = blocked.listen(two, "").await;
    let list = owner.get(one, "/api/conversations").await.expect(200);
    let conversation = list["data"][0]["id"].as_str().unwrap();
    let row = conversation::find(one, &owner.operator, conversation)
        .await
        .unwrap();
    let path = format!("/api/visitors/{}/block", row.visitor_id);
    owner
        .call(one, "POST", &path, &json!({"reason": "Spam"}))
        .await
        .expect(200);
    soon(channel.until("blocked")).await;
    blocked
        .post(two, "chat", json!({"message": "More spam"}))
        .await
        .expect(403);

    let other = Guest::begun(one, &site).await;
    let mut channel = other.listen(two, "").await;
    let off = json!({"siteId": bot["id"], "enabled": false});
    owner
        .call(one, "PATCH", "/api/sites", &off)
        .await
        .expect(200);
    soon(channel.until("ended")).await;
    assert_eq!(soon(channel.next()).await, None, "and it closes");
    other
        .post(two, "chat", json!({"message": "Hello?"}))
        .await
        .expect(403);
});

on_both!(a_limit_is_one_limit, |pair| {
    let (one, two) = (&pair.one, &pair.two);
    let (_, bot) = house(one).await;
    let guest = Guest::at(&site(one, &bot).await);
    for _ in 0..6 {
        guest.init(one, json!({})).await.expect(200);
    }
    pair.advance(20_000);
    for _ in 0..4 {
        guest.init(two, json!({})).await.expect(200);
    }
    for app in [one, two] {
        let refused = guest.init(app, json!({})).await;
        assert_eq!(refused.headers["retry-after"], "40");
        assert_eq!(refused.expect(429)["code"], "rate_limited");
    }
    guest
        .clone()
        .coming_from("192.0.2.2")
        .init(two, json!({}))
        .await
        .expect(200);
    // Six of ten are over, four are not.
    pair.advance(40_000);
    for _ in 0..6 {
        guest.init(two, json!({})).await.expect(200);
    }
    for app in [one, two] {
        guest.init(app, json!({})).await.expect(429);
    }
});

const RULE: Rule = Rule {
    name: "test",
    limit: 10,
    window: MINUTE,
};

#[tokio::test]
async fn many_at_once_get_no_more_than_there_is() {
    let pair = Pair::together(Engine::of_run()).await;
    let apps = [&pair.one, &pair.two];
    let takes = (0..60).map(|number| apps[number % 2].take(RULE, "somebody"));
    let taken = futures_util::future::join_all(takes).await;
    assert_eq!(taken.iter().filter(|taken| taken.is_ok()).count(), 10);
}

#[tokio::test]
async fn what_is_given_back_at_one_is_there_at_the_other() {
    let pair = Pair::together(Engine::of_run()).await;
    let (one, two) = (&pair.one, &pair.two);
    for _ in 0..10 {
        one.take(RULE, "somebody").await.unwrap();
    }
    assert!(two.take(RULE, "somebody").await.is_err());
    one.rates.give_back(RULE, "somebody").await;
    assert!(two.take(RULE, "somebody").await.is_ok());
    assert!(one.take(RULE, "somebody").await.is_err());

    // Right passwords count nowhere, wrong ones everywhere.
    Person::owner(one, "ada@example.com").await;
    for round in 0..12 {
        assert_eq!(logs_in([one, two][round % 2], PASSWORD).await, 200);
    }
    for round in 0..10 {
        let status = logs_in([one, two][round % 2], "wrong horse battery").await;
        assert_eq!(status, 401);
    }
    for app in [one, two] {
        assert_eq!(logs_in(app, PASSWORD).await, 429);
    }
}

async fn logs_in(app: &TestApp, password: &str) -> u16 {
    let body = json!({"email": "ada@example.com", "password": password});
    let reply = Caller::NOBODY.call(app, "POST", "/auth/login", &body);
    reply.await.status
}

/// Two replicas whose model says this, and a visitor at the first.
async fn scripted(script: Vec<Step>) -> (Pair, ScriptedModel, Person, Guest) {
    let model = ScriptedModel::start(vec![script]).await;
    let pair = Pair::on(&redis_of_run(), Engine::of_run(), |config| {
        config.model = Some(ModelConfig {
            base_url: model.base_url(),
            api_key: None,
            model: "scripted".into(),
        });
        config.egress_allow = vec!["127.0.0.0/8".parse().unwrap()];
    })
    .await;
    pair.stands(true).await;
    let owner = Person::owner(&pair.one, "ada@example.com").await;
    let bot = owner
        .call(&pair.one, "POST", "/bots", &json!({"name": "Acme"}))
        .await
        .expect(201);
    let guest = Guest::begun(&pair.one, &site(&pair.one, &bot).await).await;
    (pair, model, owner, guest)
}

async fn asks(app: &TestApp, guest: &Guest) -> Channel {
    let body = json!({"message": "What do you know?"}).to_string();
    let response = guest
        .respond(app, "POST", &guest.path("chat"), body.into())
        .await;
    assert_eq!(response.status(), 200);
    Channel::new(response)
}

/// Reads chunks until they are `wanted`.
async fn hears(channel: &mut Channel, wanted: &str) {
    let mut said = String::new();
    while said != wanted {
        let event = channel.until("chunk").await;
        let text = event.data["text"].as_str().unwrap();
        let offset = event.data["offset"].as_u64().unwrap();
        assert_eq!(
            offset,
            said.chars().count() as u64,
            "no hole, nothing twice"
        );
        said.push_str(text);
        assert!(wanted.starts_with(&said), "{said}");
    }
}

#[tokio::test]
async fn an_answer_given_at_one_is_heard_at_the_other_also_by_who_comes_late() {
    let script = vec![head(), token("Half "), token("an answer"), Step::Stall];
    let (pair, _model, owner, guest) = scripted(script).await;
    let mut early = guest.listen(&pair.two, "").await;
    let mut asked = asks(&pair.one, &guest).await;
    hears(&mut early, "Half an answer").await;
    let mut late = guest.listen(&pair.two, "").await;
    soon(hears(&mut late, "Half an answer")).await;

    // A person takes over at the other: the assistant falls silent at this one.
    let conversation = spelling(&pair.two, &owner).await;
    replies(&pair.two, &owner, &conversation, "Let me help").await;
    soon(asked.until("done")).await;
    assert_eq!(soon(answer(&mut late)).await["status"], "interrupted");
}

/// Reads on until the assistant's message.
async fn answer(channel: &mut Channel) -> Value {
    loop {
        let message = channel.until("message").await.data["message"].clone();
        if message["role"] == "assistant" {
            return message;
        }
    }
}

#[tokio::test]
async fn an_answer_given_at_one_can_be_stopped_at_the_other() {
    let script = vec![head(), token("On and "), token("on"), Step::Stall];
    let (pair, _model, _owner, guest) = scripted(script).await;
    let mut other_tab = guest.listen(&pair.two, "").await;
    let mut asked = asks(&pair.one, &guest).await;
    hears(&mut other_tab, "On and on").await;
    guest.post(&pair.two, "stop", json!({})).await.expect(200);
    soon(asked.until("done")).await;
    let kept = soon(answer(&mut other_tab)).await;
    assert_eq!(kept["content"], "On and on");
    assert_eq!(kept["status"], "interrupted");
}

/// What a replica had on its tongue when it was killed is in the table, and is heard.
#[tokio::test]
async fn who_dies_without_a_word_leaves_no_gap() {
    let mut pair = Pair::together(Engine::of_run()).await;
    let (_, bot) = house(&pair.one).await;
    let guest = Guest::begun(&pair.one, &site(&pair.one, &bot).await).await;
    let mut channel = guest.listen(&pair.two, "").await;
    guest.say(&pair.one, "Heard").await;
    assert_eq!(thread(&mut channel, 1).await.len(), 1);
    let carrier = pair.carriers.remove(0);
    carrier.abort();
    // Only once it is gone has it nothing more to tell.
    assert!(carrier.await.unwrap_err().is_cancelled());
    guest.say(&pair.one, "Written, and not told").await;
    let heard = thread(&mut channel, 2).await;
    assert_eq!(heard, [(2, "Written, and not told".to_owned())]);
}

#[tokio::test]
async fn who_could_not_tell_everything_says_so() {
    let pair = Pair::together(Engine::of_run()).await;
    let (_, bot) = house(&pair.one).await;
    let guest = Guest::begun(&pair.one, &site(&pair.one, &bot).await).await;
    let mut channel = guest.listen(&pair.two, "").await;
    let alone = pair.one.replica(3, |config| config.redis_url = None).await;
    guest.say(&alone, "Nobody was told").await;
    pair.one.bus.lose();
    let heard = thread(&mut channel, 1).await;
    assert_eq!(heard, [(1, "Nobody was told".to_owned())]);
}
