//! The only outgoing HTTP. It judges every address it connects to, after resolving the name and for that very
//! connection, so that neither a name nor a redirect leads to a private network. The environment's proxies are
//! ignored: a proxy would resolve names out of our sight.

mod address;
mod page;
mod post;
mod say;

pub use address::is_public;
pub use page::Fetched;
pub use post::{Answer, Post, Unanswered};
pub use say::{Said, Unsaid};

use crate::config::Config;
use crate::error::{Error, Result};
use ipnet::IpNet;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::LOCATION;
use reqwest::{Client, Method, RequestBuilder, Response};
use shared::error::ErrorCode;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use url::{Host, Url};

const CONNECT: Duration = Duration::from_secs(5);
const REDIRECTS: usize = 5;
/// What a public address may be reached on; inside `egress_allow` every port is.
const PORTS: [u16; 4] = [80, 443, 8080, 8443];
const USER_AGENT: &str = concat!("Parlance/", env!("CARGO_PKG_VERSION"));

/// Which addresses a client connects to.
#[derive(Debug, Clone)]
enum Reach {
    /// Public ones, and private ones of the allowed networks.
    Usual(Arc<[IpNet]>),
    /// Only the allowed networks: for ports that are not usual.
    Allowed(Arc<[IpNet]>),
    /// Wherever the name leads: only for what the instance's own configuration names.
    Configured,
}

impl Reach {
    fn permits(&self, address: IpAddr) -> bool {
        match self {
            Self::Usual(allowed) => is_public(address) || is_within(allowed, address),
            Self::Allowed(allowed) => is_within(allowed, address),
            Self::Configured => true,
        }
    }
}

fn is_within(networks: &[IpNet], address: IpAddr) -> bool {
    let address = address::canonical(address);
    networks.iter().any(|network| network.contains(&address))
}

/// Why a name was not connected to; found again in the source of reqwest's error.
#[derive(Debug)]
struct Forbidden;

impl fmt::Display for Forbidden {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the name leads to a forbidden address")
    }
}

impl std::error::Error for Forbidden {}

/// Resolves a name and lets only permitted addresses through; the connection is made to one of just these.
#[derive(Debug)]
struct JudgingResolver(Reach);

impl Resolve for JudgingResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = self.0.clone();
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let permitted: Vec<SocketAddr> = found
                .filter(|address| reach.permits(address.ip()))
                .collect();
            if permitted.is_empty() {
                return Err(Forbidden.into());
            }
            let addresses: Addrs = Box::new(permitted.into_iter());
            Ok(addresses)
        })
    }
}

/// The client for everything that goes out.
#[derive(Debug, Clone)]
pub struct Net {
    allowed: Arc<[IpNet]>,
    /// Host and port of the models the instance is configured with.
    configured: Arc<[(String, u16)]>,
    usual: Client,
    inside: Client,
    trusted: Client,
}

impl Net {
    /// # Errors
    /// `internal_error` where TLS cannot be set up.
    pub fn new(config: &Config) -> Result<Self> {
        let allowed: Arc<[IpNet]> = config.egress_allow.clone().into();
        // Whoever runs the instance wrote the model's address down, most often that of a server beside it. It
        // counts as allowed, for exactly its host and port. Addresses that a site's owner or a visitor can
        // influence never come this way.
        let model = config.model.as_ref().map(|model| &model.base_url);
        let audio = config.audio.as_ref().map(|audio| &audio.base_url);
        let configured = model
            .into_iter()
            .chain(audio)
            .filter_map(|address| Url::parse(address).ok())
            .filter_map(|url| Some((url.host_str()?.to_owned(), url.port_or_known_default()?)))
            .collect();
        Ok(Self {
            usual: client(Reach::Usual(allowed.clone()))?,
            inside: client(Reach::Allowed(allowed.clone()))?,
            trusted: client(Reach::Configured)?,
            allowed,
            configured,
        })
    }

    /// Judges an address that somebody from outside chose, as far as it can be without resolving its name.
    ///
    /// # Errors
    /// `forbidden_address`.
    pub fn check(&self, address: &str) -> Result<Url> {
        let url = Url::parse(address).map_err(|error| forbidden(&error.to_string()))?;
        self.outside_client(&url)?;
        Ok(url)
    }

    /// [`Self::check`], for the address of a model: the one the instance is configured with is always allowed.
    ///
    /// # Errors
    /// `forbidden_address`.
    pub fn check_model(&self, address: &str) -> Result<Url> {
        let url = Url::parse(address).map_err(|error| forbidden(&error.to_string()))?;
        self.client_for(&url)?;
        Ok(url)
    }

    /// A request to a model, that follows no redirect.
    ///
    /// # Errors
    /// `forbidden_address`.
    pub fn request(&self, method: Method, url: Url) -> Result<RequestBuilder> {
        Ok(self.client_for(&url)?.request(method, url))
    }

    /// Fetches a page, following redirects; each is judged like the first address.
    ///
    /// # Errors
    /// `forbidden_address`; `internal_error` with the cause where the other side cannot be reached.
    pub async fn get(&self, url: Url) -> Result<Response> {
        let mut url = url;
        for _ in 0..=REDIRECTS {
            let response = self
                .outside_client(&url)?
                .request(Method::GET, url.clone())
                .send()
                .await
                .map_err(failed)?;
            if !response.status().is_redirection() {
                return Ok(response);
            }
            let target = response
                .headers()
                .get(LOCATION)
                .and_then(|value| value.to_str().ok());
            let Some(target) = target else {
                return Ok(response);
            };
            url = url
                .join(target)
                .map_err(|error| forbidden(&error.to_string()))?;
        }
        Err(forbidden("too many redirects"))
    }

    fn client_for(&self, url: &Url) -> Result<&Client> {
        let is_plain = url.username().is_empty() && url.password().is_none();
        if is_plain && matches!(url.scheme(), "http" | "https") && self.is_configured(url) {
            return Ok(&self.trusted);
        }
        self.outside_client(url)
    }

    fn outside_client(&self, url: &Url) -> Result<&Client> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(forbidden("only http and https are allowed"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(forbidden("the address must not hold a name or password"));
        }
        let (Some(host), Some(port)) = (url.host(), url.port_or_known_default()) else {
            return Err(forbidden("the address has no host"));
        };
        // Addresses written as numbers are connected to without asking the resolver, so they are judged here.
        let literal = match host {
            Host::Ipv4(address) => Some(IpAddr::V4(address)),
            Host::Ipv6(address) => Some(IpAddr::V6(address)),
            Host::Domain(_) => None,
        };
        let (reach, client) = if PORTS.contains(&port) {
            (Reach::Usual(self.allowed.clone()), &self.usual)
        } else if self.allowed.is_empty() {
            return Err(forbidden("this port is not allowed"));
        } else {
            (Reach::Allowed(self.allowed.clone()), &self.inside)
        };
        if literal.is_some_and(|address| !reach.permits(address)) {
            return Err(forbidden("this address is not allowed"));
        }
        Ok(client)
    }

    fn is_configured(&self, url: &Url) -> bool {
        self.configured.iter().any(|(host, port)| {
            url.host_str() == Some(host) && url.port_or_known_default() == Some(*port)
        })
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place that makes HTTP clients, with the judging resolver in them"
)]
fn client(reach: Reach) -> Result<Client> {
    Client::builder()
        .dns_resolver(Arc::new(JudgingResolver(reach)))
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .connect_timeout(CONNECT)
        .tcp_nodelay(true)
        .user_agent(USER_AGENT)
        .build()
        .map_err(Error::internal)
}

fn forbidden(cause: &str) -> Error {
    Error::new(ErrorCode::ForbiddenAddress).with_cause(cause.to_owned())
}

/// Tells a forbidden address from a failure of the other side.
fn failed(error: reqwest::Error) -> Error {
    if is_forbidden(&error) {
        return forbidden("the name leads to a forbidden address");
    }
    // The address may hold what must not be logged.
    Error::internal(error.without_url())
}

/// Whether a request failed because its name leads to a forbidden address.
pub fn is_forbidden(error: &reqwest::Error) -> bool {
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        if cause.is::<Forbidden>() {
            return true;
        }
        source = cause.source();
    }
    false
}
