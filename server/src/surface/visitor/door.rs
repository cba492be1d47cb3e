//! Which site is meant, and whose session it is: named in the body of a POST, in the query of a GET, in the fields of
//! a form. Where a request names them twice, both have to say the same.

use crate::app::App;
use crate::core::actor::{Site, Visitor};
use crate::core::session::{self, Arrival};
use crate::error::{Error, Place, Result, check};
use crate::http::cors::check_origin;
use crate::http::{input, site_key};
use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use serde::Deserialize;
use shared::error::ErrorCode;
use shared::text::check_line;

/// The longest name of a language.
const LANG_CHARS: usize = 64;

/// What one place of a request names.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Names {
    pub site_key: Option<String>,
    pub session_id: Option<String>,
}

impl Names {
    pub(super) fn new(site_key: Option<&str>, session_id: Option<&str>) -> Self {
        Self {
            site_key: site_key.map(str::to_owned),
            session_id: session_id.map(str::to_owned),
        }
    }
}

/// What head and address of a request say.
pub(super) struct Door {
    app: App,
    headers: HeaderMap,
    query: Names,
}

impl FromRequestParts<App> for Door {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        Ok(Self {
            app: app.clone(),
            headers: parts.headers.clone(),
            query: input::query(parts.uri.query().unwrap_or_default())?,
        })
    }
}

impl Door {
    /// The site and the session's key, usable from the page the request comes from.
    async fn named(&self, place: Place, body: Names) -> Result<(Site, String)> {
        let mut spellings = site_key::of_header(&self.headers);
        spellings.extend(body.site_key);
        spellings.extend(self.query.site_key.clone());
        let site = site_key::site(&self.app, &spellings).await?;
        let site = site.ok_or_else(|| Error::missing("site_key").within(place))?;
        check_origin(&self.app, &self.headers, &site, None)?;
        let key = match (body.session_id, self.query.session_id.clone()) {
            (Some(body), Some(query)) if body != query => {
                return Err(ErrorCode::ConflictingCredentials.into());
            }
            (Some(key), _) | (None, Some(key)) => key,
            (None, None) => return Err(Error::missing("session_id").within(place)),
        };
        session::check_callers_key(&site, &key)?;
        Ok((site, key))
    }

    /// A GET's site and session key. The session may not have begun yet.
    pub(super) async fn asked(&self) -> Result<(Site, String)> {
        self.named(Place::Query, Names::default()).await
    }

    /// The visitor of a GET's session; none where it has not begun yet, which is no mistake: its key is the
    /// caller's own.
    pub(super) async fn known(&self) -> Result<Option<Visitor>> {
        let (site, key) = self.asked().await?;
        session::known(&self.app, &site, &key).await
    }

    /// The visitor of a session that has to have begun.
    pub(super) async fn existing(&self, body: Names) -> Result<Visitor> {
        let (site, key) = self.named(Place::Body, body).await?;
        session::resume(&self.app, site, &key).await
    }

    /// A form's site and session key. The session may not have begun yet.
    pub(super) async fn of_form(&self, fields: Names) -> Result<(Site, String)> {
        self.named(Place::Body, fields).await
    }

    /// The visitor of a session, which begins where it has not.
    pub(super) async fn visitor(&self, body: Names) -> Result<Visitor> {
        let (site, key) = self.named(Place::Body, body).await?;
        self.begin(site, key, None).await
    }

    /// The same for a message: one that cannot be asked begins no session.
    pub(super) async fn asker(
        &self,
        body: Names,
        lang: Option<&str>,
        check: impl FnOnce(&Site) -> Result<()>,
    ) -> Result<Visitor> {
        let (site, key) = self.named(Place::Body, body).await?;
        check(&site)?;
        self.begin(site, key, lang).await
    }

    async fn begin(&self, site: Site, key: String, lang: Option<&str>) -> Result<Visitor> {
        if let Some(lang) = lang {
            check("lang", check_line(lang, LANG_CHARS))?;
        }
        let arrival = Arrival {
            locale: lang.map(str::to_owned),
            ..Arrival::default()
        };
        let Some(visitor) = session::known(&self.app, &site, &key).await? else {
            return session::begin_with_key(&self.app, site, key, arrival).await;
        };
        if let Some(lang) = lang {
            session::set_locale(&self.app, &visitor, lang).await?;
        }
        Ok(visitor)
    }
}
