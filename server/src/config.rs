//! The only reader of flags, environment and file.

mod judge;
mod settings;

pub use settings::{AdminCommand, Arguments, Command, CreateAccount, SetPlan, Settings};

use ipnet::IpNet;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// Who may make an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Signup {
    Open,
    /// Only while there is no account.
    First,
    Closed,
}

/// How the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    Text,
    Json,
}

/// A model behind an OpenAI-compatible address.
#[derive(Clone, PartialEq, Eq)]
pub struct ModelConfig {
    /// Up to and with the version, such as `https://api.openai.com/v1`.
    pub base_url: String,
    pub api_key: Option<String>,
    pub model: String,
}

impl std::fmt::Debug for ModelConfig {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("ModelConfig")
            .field("base_url", &self.base_url)
            .field("api_key", &self.api_key.as_ref().map(|_| "…"))
            .field("model", &self.model)
            .finish()
    }
}

/// Speech behind an OpenAI-compatible address: `/audio/transcriptions` and `/audio/speech`.
#[derive(Clone, PartialEq, Eq)]
pub struct AudioConfig {
    /// Up to and with the version, such as `https://api.openai.com/v1`.
    pub base_url: String,
    pub api_key: Option<String>,
    /// Writes down what was said.
    pub transcription_model: String,
    /// Reads aloud.
    pub speech_model: String,
}

impl std::fmt::Debug for AudioConfig {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("AudioConfig")
            .field("base_url", &self.base_url)
            .field("api_key", &self.api_key.as_ref().map(|_| "…"))
            .field("transcription_model", &self.transcription_model)
            .field("speech_model", &self.speech_model)
            .finish()
    }
}

/// Everything an instance is told from outside, already judged.
#[derive(Clone)]
pub struct Config {
    pub listen: SocketAddr,
    /// Without a slash at the end. Empty until the address is known, where none is configured.
    pub public_url: String,
    pub data_dir: PathBuf,
    pub database_url: String,
    pub redis_url: Option<String>,
    /// Where uploads are kept; none means the data folder.
    pub storage_url: Option<String>,
    /// Where `/metrics` is served; none where it is off.
    pub metrics_listen: Option<SocketAddr>,
    pub signup: Signup,
    /// None means the built-in answerer.
    pub model: Option<ModelConfig>,
    /// None means that speech is left to browsers.
    pub audio: Option<AudioConfig>,
    /// None means files in the data folder's outbox.
    pub smtp_url: Option<String>,
    pub mail_from: Option<String>,
    pub trusted_proxies: Vec<IpNet>,
    /// Private networks that outgoing requests may reach.
    pub egress_allow: Vec<IpNet>,
    /// Multiplies every limit; 0 switches them off.
    pub rate_limit_scale: f64,
    /// The instance key as configured; none means the one in the data folder.
    pub secret_key: Option<[u8; 32]>,
    /// This program, for the processes that read documents.
    pub program: PathBuf,
    /// Filter of the log, as `tracing` reads it.
    pub log: String,
    pub log_format: LogFormat,
}

impl Config {
    /// What holds where nothing is said, with the data in `data_dir`.
    pub fn new(data_dir: &Path) -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8_080)),
            public_url: String::new(),
            data_dir: data_dir.to_owned(),
            database_url: judge::sqlite_url(data_dir),
            redis_url: None,
            storage_url: None,
            metrics_listen: Some(SocketAddr::from(([127, 0, 0, 1], 9_464))),
            signup: Signup::First,
            model: None,
            audio: None,
            smtp_url: None,
            mail_from: None,
            trusted_proxies: Vec::new(),
            egress_allow: Vec::new(),
            rate_limit_scale: 1.0,
            secret_key: None,
            program: std::env::current_exe().unwrap_or_else(|_| PathBuf::from("parlance")),
            log: "info".into(),
            log_format: LogFormat::Text,
        }
    }

    /// Takes the address the server really listens on: port 0 has become a port by now.
    pub fn listening_on(&mut self, address: SocketAddr) {
        self.listen = address;
        if self.public_url.is_empty() {
            self.public_url = judge::public_url_of(address);
        }
    }
}

impl std::fmt::Debug for Config {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let hidden = |url: &Option<String>| url.as_deref().map(judge::without_password);
        formatter
            .debug_struct("Config")
            .field("listen", &self.listen)
            .field("public_url", &self.public_url)
            .field("data_dir", &self.data_dir)
            .field("database_url", &judge::without_password(&self.database_url))
            .field("redis_url", &hidden(&self.redis_url))
            .field("storage_url", &hidden(&self.storage_url))
            .field("metrics_listen", &self.metrics_listen)
            .field("signup", &self.signup)
            .field("model", &self.model)
            .field("audio", &self.audio)
            .field("smtp_url", &hidden(&self.smtp_url))
            .field("mail_from", &self.mail_from)
            .field("trusted_proxies", &self.trusted_proxies)
            .field("egress_allow", &self.egress_allow)
            .field("rate_limit_scale", &self.rate_limit_scale)
            .field("secret_key", &self.secret_key.map(|_| "…"))
            .field("program", &self.program)
            .field("log", &self.log)
            .field("log_format", &self.log_format)
            .finish()
    }
}
