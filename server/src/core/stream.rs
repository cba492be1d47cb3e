//! The two live channels: replay from the event table, then what is under way or waits, then what happens. No gap and
//! no duplicate: whoever subscribes does so before it reads the table, and reads it again where the live events
//! leave a number out, and where another replica may have said something that was not heard here.

use crate::app::App;
use crate::bus::Live;
use crate::bus::note::Note;
use crate::bus::standing::{Lookout, Standing};
use crate::core::message::{self, Address};
use crate::core::nudge;
use crate::core::session::check_open;
use crate::error::Result;
use crate::store;
use crate::store::event::Stored;
use async_stream::try_stream;
use futures_util::Stream;
use shared::event::{Event, Typist};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use tokio::sync::mpsc;

/// Rows of one replay query.
const PAGE: i64 = 200;

/// An event for one listener. Durable ones carry the cursor to resume from.
#[derive(Debug, Clone)]
pub struct Delivery {
    pub cursor: Option<i64>,
    /// `conv_…`
    pub conversation: String,
    pub event: Arc<Event>,
}

/// Whose channel it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scope {
    Conversation {
        account_id: i64,
        conversation_id: i64,
    },
    Account(i64),
}

impl Scope {
    const fn account_id(self) -> i64 {
        match self {
            Self::Conversation { account_id, .. } | Self::Account(account_id) => account_id,
        }
    }
}

/// The account's cursor at this moment: what comes after it is news.
///
/// # Errors
/// `storage_unavailable`.
pub async fn present(app: &App, account_id: i64) -> Result<i64> {
    let mut connection = app.db.read().await?;
    store::account::event_cursor(&mut connection, account_id).await
}

/// A visitor's channel. With no `after` it begins with the present.
pub fn visitor(
    app: &App,
    account_id: i64,
    conversation_id: i64,
    after: Option<i64>,
) -> impl Stream<Item = Result<Delivery>> + Send + use<> {
    let live = app.bus.subscribe_conversation(conversation_id);
    let scope = Scope::Conversation {
        account_id,
        conversation_id,
    };
    channel(app.clone(), scope, live, app.bus.lookout(), after)
}

/// The operators' channel of an account. With no `after` it begins with the present.
pub fn operators(
    app: &App,
    account_id: i64,
    after: Option<i64>,
) -> impl Stream<Item = Result<Delivery>> + Send + use<> {
    let live = app.bus.subscribe_account(account_id);
    let scope = Scope::Account(account_id);
    channel(app.clone(), scope, live, app.bus.lookout(), after)
}

fn channel(
    app: App,
    scope: Scope,
    mut live: mpsc::Receiver<Live>,
    mut lookout: Lookout,
    after: Option<i64>,
) -> impl Stream<Item = Result<Delivery>> + Send {
    try_stream! {
        let mut listener = Listener::new(&app, scope, after).await?;
        while let Some(events) = listener.missed(&app).await? {
            for event in events {
                let nudge = listener.nudge_of(&event.event);
                if let Some(delivery) = listener.deliver_stored(event) {
                    yield delivery;
                }
                listener.heard_nudge(&app, nudge).await?;
            }
        }
        listener.caught_up(&app).await;
        for delivery in listener.under_way(&app) {
            yield delivery;
        }
        for delivery in listener.unheard_nudges(&app).await? {
            yield delivery;
        }
        for delivery in listener.read_marks(&app).await? {
            yield delivery;
        }
        loop {
            let next = tokio::select! {
                next = live.recv() => next.map(Next::Live),
                () = lookout.due() => Some(Next::Look),
                () = app.shutdown.cancelled() => None,
            };
            // No next: this reader was too slow, or the server drains. It resumes by its cursor.
            let Some(next) = next else { return };
            let Next::Live(next) = next else {
                match listener.look(&app).await {
                    Ok(Look { deliveries, is_over }) => {
                        for delivery in deliveries {
                            let nudge = listener.nudge_of(&delivery.event);
                            yield delivery;
                            listener.heard_nudge(&app, nudge).await?;
                        }
                        if is_over {
                            return;
                        }
                    }
                    Err(error) => {
                        tracing::warn!(%error, "a live channel could not look for what it missed");
                        lookout.again();
                    }
                }
                continue;
            };
            while listener.lacks_before(&next) {
                let Some(events) = listener.missed(&app).await? else { break };
                for event in events {
                    let nudge = listener.nudge_of(&event.event);
                    if let Some(delivery) = listener.deliver_stored(event) {
                        yield delivery;
                    }
                    listener.heard_nudge(&app, nudge).await?;
                }
                listener.caught_up(&app).await;
            }
            if let Some(delivery) = listener.deliver_live(&next) {
                yield delivery;
                listener.heard_nudge(&app, listener.nudge_of(&next.event)).await?;
            }
        }
    }
}

enum Next {
    Live(Live),
    Look,
}

/// What a listener finds in the event table.
#[derive(Default)]
struct Look {
    deliveries: Vec<Delivery>,
    /// Nobody may listen here any more.
    is_over: bool,
}

/// What one listener has had.
struct Listener {
    scope: Scope,
    cursor: i64,
    /// Characters of each answer under way.
    heard: HashMap<String, usize>,
    finished: HashSet<String>,
    /// Nudges that waited for a channel to open. Their events may be on their way still.
    waited: HashSet<i64>,
    /// Up to where the visitor and the operators have read, as far as this listener was told.
    marks: (i64, i64),
    /// Conversations of which this operator read events in the table.
    changed: HashMap<i64, Arc<str>>,
}

impl Listener {
    async fn new(app: &App, scope: Scope, after: Option<i64>) -> Result<Self> {
        let cursor = match after {
            Some(after) => after,
            None => present(app, scope.account_id()).await?,
        };
        Ok(Self {
            scope,
            cursor,
            heard: HashMap::new(),
            finished: HashSet::new(),
            waited: HashSet::new(),
            marks: (0, 0),
            changed: HashMap::new(),
        })
    }

    /// What happened at another replica without being heard here. What is fleeting and was missed is made good as far as it
    /// still counts: answers under way are asked for, read marks and operators' rows are read.
    async fn look(&mut self, app: &App) -> Result<Look> {
        let mut look = Look::default();
        if !self.is_open(app).await? {
            look.deliveries.push(fleeting(Event::Ended));
            look.is_over = true;
            return Ok(look);
        }
        // All of it before any: a look that fails half-way must not have moved on.
        let (mut events, mut cursor) = (Vec::new(), self.cursor);
        while let Some(page) = self.missed_after(app, cursor).await? {
            cursor = page.last().map_or(cursor, |last| last.cursor);
            events.extend(page);
        }
        let marks = self.read_marks(app).await?;
        for event in events {
            look.deliveries.extend(self.deliver_stored(event));
        }
        look.deliveries.extend(marks);
        if let Scope::Conversation {
            conversation_id, ..
        } = self.scope
        {
            app.bus.tell(Note::Ask(conversation_id));
        }
        self.show_rows(app).await;
        Ok(look)
    }

    /// Shows the operators how the conversations look in lists in which something happened unheard.
    async fn show_rows(&mut self, app: &App) {
        let account_id = self.scope.account_id();
        for (conversation_id, slug) in std::mem::take(&mut self.changed) {
            let address = Address {
                account_id,
                conversation_id,
            };
            message::show_row(app, address, slug).await;
        }
    }

    /// After reading what live events left out. Where the replicas hear each other, rows come by themselves.
    async fn caught_up(&mut self, app: &App) {
        if app.bus.standing() == Some(Standing::Apart) {
            self.show_rows(app).await;
        }
        self.changed.clear();
    }

    /// Whether a visitor's channel would be opened at this moment. (An operator's credential is its surface's matter.)
    async fn is_open(&self, app: &App) -> Result<bool> {
        let Scope::Conversation {
            account_id,
            conversation_id,
        } = self.scope
        else {
            return Ok(true);
        };
        let mut connection = app.db.read().await?;
        let row = store::conversation::by_id(&mut connection, account_id, conversation_id).await?;
        let Some(row) = row else { return Ok(false) };
        let site = store::site::by_id(&mut connection, row.site_id).await?;
        Ok(site.is_some_and(|site| check_open(&site).is_ok()))
    }

    /// The next page of what is in the table and this listener has not had; none where that is all.
    async fn missed(&self, app: &App) -> Result<Option<Vec<Stored>>> {
        self.missed_after(app, self.cursor).await
    }

    async fn missed_after(&self, app: &App, cursor: i64) -> Result<Option<Vec<Stored>>> {
        let mut connection = app.db.read().await?;
        let events = match self.scope {
            Scope::Conversation {
                conversation_id, ..
            } => store::event::for_visitor(&mut connection, conversation_id, cursor, PAGE).await,
            Scope::Account(account_id) => {
                store::event::for_account(&mut connection, account_id, cursor, PAGE).await
            }
        };
        Ok(Some(events?).filter(|events| !events.is_empty()))
    }

    fn deliver_stored(&mut self, stored: Stored) -> Option<Delivery> {
        self.cursor = stored.cursor;
        self.note(&stored.event);
        if matches!(self.scope, Scope::Account(_)) {
            let slug = stored.conversation_slug.as_str().into();
            self.changed.insert(stored.conversation_id, slug);
        }
        if self.has_waited(&stored.event) {
            return None;
        }
        Some(Delivery {
            cursor: Some(stored.cursor),
            conversation: format!("conv_{}", stored.conversation_slug),
            event: Arc::new(stored.event),
        })
    }

    /// Answers under way, as one chunk each with the text so far.
    fn under_way(&mut self, app: &App) -> Vec<Delivery> {
        let Scope::Conversation {
            conversation_id, ..
        } = self.scope
        else {
            return Vec::new();
        };
        let snapshots = app.answers.snapshots(conversation_id);
        let unheard = snapshots
            .into_iter()
            .filter(|snapshot| !self.finished.contains(&snapshot.answer_id));
        let mut deliveries = Vec::new();
        for snapshot in unheard.collect::<Vec<_>>() {
            self.heard
                .insert(snapshot.answer_id.clone(), snapshot.text.chars().count());
            deliveries.push(fleeting(Event::Chunk {
                answer_id: snapshot.answer_id,
                offset: 0,
                text: snapshot.text,
            }));
        }
        // Another replica may be giving an answer as well.
        app.bus.tell(Note::Ask(conversation_id));
        deliveries
    }

    /// Up to where each side has read. What is read while nobody listens is not kept as an event: only where it ends counts.
    async fn read_marks(&mut self, app: &App) -> Result<Vec<Delivery>> {
        let Scope::Conversation {
            account_id,
            conversation_id,
        } = self.scope
        else {
            return Ok(Vec::new());
        };
        let mut connection = app.db.read().await?;
        let marks = store::read_mark::of(&mut connection, account_id, conversation_id);
        let Some((visitor, operator)) = marks.await? else {
            return Ok(Vec::new());
        };
        let sides = [
            (Typist::Visitor, visitor, self.marks.0),
            (Typist::Operator, operator, self.marks.1),
        ];
        self.marks = (visitor, operator);
        let news = sides.into_iter().filter(|(_, seq, told)| seq > told);
        let deliveries = news.map(|(who, seq, _)| fleeting(Event::Read { seq, who }));
        Ok(deliveries.collect())
    }

    /// What was sent to the visitor while no channel of theirs was open.
    async fn unheard_nudges(&mut self, app: &App) -> Result<Vec<Delivery>> {
        let Scope::Conversation {
            account_id,
            conversation_id,
        } = self.scope
        else {
            return Ok(Vec::new());
        };
        let nudges = nudge::take_unheard(app, account_id, conversation_id).await?;
        self.waited.extend(nudges.iter().map(|nudge| nudge.id));
        let deliveries = nudges.into_iter().map(|nudge| Delivery {
            cursor: None,
            conversation: String::new(),
            event: Arc::new(Event::Nudge { nudge }),
        });
        Ok(deliveries.collect())
    }

    fn has_waited(&self, event: &Event) -> bool {
        self.nudge_of(event)
            .is_some_and(|id| self.waited.contains(&id))
    }

    /// The nudge that an event brings to a visitor.
    const fn nudge_of(&self, event: &Event) -> Option<i64> {
        match (self.scope, event) {
            (Scope::Conversation { .. }, Event::Nudge { nudge }) => Some(nudge.id),
            _ => None,
        }
    }

    /// After the event was taken from this channel, so that one on its way to a page that is gone still waits for the next.
    async fn heard_nudge(&self, app: &App, nudge: Option<i64>) -> Result<()> {
        let (
            Scope::Conversation {
                conversation_id, ..
            },
            Some(id),
        ) = (self.scope, nudge)
        else {
            return Ok(());
        };
        nudge::mark_heard(app, conversation_id, id).await
    }

    /// Whether something may have been committed between what this listener has had and `live`. Cursors count per
    /// account without a gap, but two writers may publish in another order than they committed, and what is
    /// dropped here for coming late would be gone until the reader connects again.
    fn lacks_before(&self, live: &Live) -> bool {
        live.cursor.is_some_and(|cursor| cursor > self.cursor + 1)
    }

    fn deliver_live(&mut self, live: &Live) -> Option<Delivery> {
        if let Some(cursor) = live.cursor {
            if cursor <= self.cursor {
                return None;
            }
            self.cursor = cursor;
            self.note(&live.event);
        }
        if self.has_waited(&live.event) {
            return None;
        }
        // The operators' channel has the marks of all conversations.
        if let (Scope::Conversation { .. }, Event::Read { who, seq }) = (self.scope, &*live.event) {
            let mark = match who {
                Typist::Visitor => &mut self.marks.0,
                _ => &mut self.marks.1,
            };
            // Told already, from the table.
            if *seq <= *mark {
                return None;
            }
            *mark = *seq;
        }
        let event = match &*live.event {
            Event::Chunk {
                answer_id,
                offset,
                text,
            } => Arc::new(self.unheard_part(answer_id, *offset, text)?),
            _ => live.event.clone(),
        };
        Some(Delivery {
            cursor: live.cursor,
            conversation: format!("conv_{}", live.conversation_slug),
            event,
        })
    }

    /// The part of a chunk this listener has not had: the snapshot may have held some of it.
    fn unheard_part(&mut self, answer_id: &str, offset: usize, text: &str) -> Option<Event> {
        if self.finished.contains(answer_id) {
            return None;
        }
        let characters = text.chars().count();
        let heard = self.heard.get(answer_id).copied().unwrap_or(0);
        let end = offset + characters;
        // What comes after a hole (another replica gives the answer, and something was not heard) is kept back from the
        // visitor: the text so far follows, as it was asked for. For operators nobody asks.
        let is_filled = matches!(self.scope, Scope::Conversation { .. });
        if end <= heard || (is_filled && offset > heard) {
            return None;
        }
        let skip = heard.saturating_sub(offset);
        self.heard.insert(answer_id.to_owned(), end);
        Some(Event::Chunk {
            answer_id: answer_id.to_owned(),
            offset: offset + skip,
            text: text.chars().skip(skip).collect(),
        })
    }

    fn note(&mut self, event: &Event) {
        if let Event::Message { message } = event
            && let Some(answer_id) = &message.answer_id
        {
            self.heard.remove(answer_id);
            self.finished.insert(answer_id.clone());
        }
    }
}

/// To one visitor alone, whose conversation it is.
fn fleeting(event: Event) -> Delivery {
    Delivery {
        cursor: None,
        conversation: String::new(),
        event: Arc::new(event),
    }
}
