//! The settings as they are written: flags, environment variables and `parlance.toml`.

use super::{Config, judge};
use crate::reader::Kind;
use clap::{Args, Parser, Subcommand};
use serde::Deserialize;
use serde::de::{Deserializer, SeqAccess, Visitor};
use std::fmt;
use std::path::{Path, PathBuf};

/// The file that is read where no other is named.
const FILE: &str = "parlance.toml";

/// The program's command line.
#[derive(Parser)]
#[command(
    name = "parlance",
    version,
    about = "An assistant and an inbox for websites, in one program",
    after_help = "Every setting can be given as a flag, as the environment variable shown beside it, or in \
                  parlance.toml under the flag's name in snake case. A flag wins over the environment, the \
                  environment over the file.",
    args_override_self = true,
    subcommand_required = true,
    arg_required_else_help = true
)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Command,
    /// The file to read instead of parlance.toml in the working directory
    #[arg(long, env = "PARLANCE_CONFIG", global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    #[command(flatten)]
    pub settings: Settings,
}

#[derive(Subcommand)]
pub enum Command {
    /// Serve the widget, the dashboard and the APIs
    Serve,
    /// Work on accounts without a browser
    Admin {
        #[command(subcommand)]
        command: AdminCommand,
    },
    /// Read a document from standard input; the server calls it, so that a bad document ends no more than this
    #[command(hide = true)]
    ReadDocument {
        #[arg(value_parser = Kind::NAMES)]
        kind: String,
    },
}

#[derive(Subcommand)]
pub enum AdminCommand {
    /// Make an account and its owner
    CreateAccount(CreateAccount),
    /// Put an account on another plan
    SetPlan(SetPlan),
}

#[derive(Args)]
pub struct CreateAccount {
    /// The owner's address of mail, used to sign in
    #[arg(long)]
    pub email: String,
    /// At least 8 characters
    #[arg(long)]
    pub password: String,
    /// The owner's name; the address's first part where none is given
    #[arg(long)]
    pub name: Option<String>,
    /// free or pro
    #[arg(long, default_value = "pro", value_parser = ["free", "pro"])]
    pub plan: String,
}

#[derive(Args)]
pub struct SetPlan {
    /// The address of mail of somebody who signs in to the account
    #[arg(long)]
    pub email: String,
    /// free (one site) or pro
    #[arg(long, value_parser = ["free", "pro"])]
    pub plan: String,
}

/// One settings table, as flags and as the keys of the file. Values stay text here: `judge` reads them, so that a
/// refusal reads the same wherever the value came from.
#[derive(Args, Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
#[command(next_help_heading = "Settings")]
pub struct Settings {
    /// Address to listen on; port 0 picks one and prints it [default: 127.0.0.1:8080]
    #[arg(long, env = "PARLANCE_LISTEN", global = true, value_name = "ADDRESS")]
    pub listen: Option<String>,
    /// Base of links and snippets [default: http://<listen>]
    #[arg(long, env = "PARLANCE_PUBLIC_URL", global = true, value_name = "URL")]
    pub public_url: Option<String>,
    /// Folder of the SQLite file, uploads, outbox and instance key [default: ./data]
    #[arg(long, env = "PARLANCE_DATA_DIR", global = true, value_name = "FOLDER")]
    pub data_dir: Option<PathBuf>,
    /// sqlite:… or postgres://… [default: SQLite in the data folder]
    #[arg(
        long,
        env = "PARLANCE_DATABASE_URL",
        global = true,
        value_name = "URL",
        hide_env_values = true
    )]
    pub database_url: Option<String>,
    /// Redis for events and rate limits across replicas [default: in process]
    #[arg(
        long,
        env = "PARLANCE_REDIS_URL",
        global = true,
        value_name = "URL",
        hide_env_values = true
    )]
    pub redis_url: Option<String>,
    /// Where uploads are kept: file:, s3:, … [default: the data folder]
    #[arg(
        long,
        env = "PARLANCE_STORAGE_URL",
        global = true,
        value_name = "URL",
        hide_env_values = true
    )]
    pub storage_url: Option<String>,
    /// Instance key, the same for all replicas: 32 bytes, base64 or hex [default: made in the data folder]
    #[arg(
        long,
        env = "PARLANCE_SECRET_KEY",
        global = true,
        value_name = "KEY",
        hide_env_values = true
    )]
    pub secret_key: Option<String>,
    /// Address of /metrics, or off [default: 127.0.0.1:9464]
    #[arg(
        long,
        env = "PARLANCE_METRICS_LISTEN",
        global = true,
        value_name = "ADDRESS"
    )]
    pub metrics_listen: Option<String>,
    /// Who may make an account: open, first (only while there is none) or closed [default: first]
    #[arg(long, env = "PARLANCE_SIGNUP", global = true, value_name = "WHO")]
    pub signup: Option<String>,
    /// Language model: openai, openai-compatible, ollama or built-in [default: built-in]
    #[arg(
        long,
        env = "PARLANCE_LLM_PROVIDER",
        global = true,
        value_name = "NAME"
    )]
    pub llm_provider: Option<String>,
    /// Address of the model's API, up to and with its version
    #[arg(long, env = "PARLANCE_LLM_BASE_URL", global = true, value_name = "URL")]
    pub llm_base_url: Option<String>,
    /// Key of the model's API
    #[arg(
        long,
        env = "PARLANCE_LLM_API_KEY",
        global = true,
        value_name = "KEY",
        hide_env_values = true
    )]
    pub llm_api_key: Option<String>,
    /// Name of the model
    #[arg(long, env = "PARLANCE_LLM_MODEL", global = true, value_name = "NAME")]
    pub llm_model: Option<String>,
    /// Address of an OpenAI-compatible audio API, up to and with its version [default: speech is left to browsers]
    #[arg(
        long,
        env = "PARLANCE_AUDIO_BASE_URL",
        global = true,
        value_name = "URL"
    )]
    pub audio_base_url: Option<String>,
    /// Key of the audio API
    #[arg(
        long,
        env = "PARLANCE_AUDIO_API_KEY",
        global = true,
        value_name = "KEY",
        hide_env_values = true
    )]
    pub audio_api_key: Option<String>,
    /// Model that writes down what was said [default: whisper-1]
    #[arg(
        long,
        env = "PARLANCE_AUDIO_TRANSCRIPTION_MODEL",
        global = true,
        value_name = "NAME"
    )]
    pub audio_transcription_model: Option<String>,
    /// Model that reads aloud [default: tts-1]
    #[arg(
        long,
        env = "PARLANCE_AUDIO_SPEECH_MODEL",
        global = true,
        value_name = "NAME"
    )]
    pub audio_speech_model: Option<String>,
    /// Server that sends mail: smtp:// or smtps:// [default: files in <data>/outbox]
    #[arg(
        long,
        env = "PARLANCE_SMTP_URL",
        global = true,
        value_name = "URL",
        hide_env_values = true
    )]
    pub smtp_url: Option<String>,
    /// Sender of mail
    #[arg(
        long,
        env = "PARLANCE_MAIL_FROM",
        global = true,
        value_name = "ADDRESS"
    )]
    pub mail_from: Option<String>,
    /// Networks whose X-Forwarded-For counts, such as 10.0.0.0/8,::1 [default: none]
    #[arg(
        long,
        env = "PARLANCE_TRUSTED_PROXIES",
        global = true,
        value_name = "NETWORKS"
    )]
    #[serde(deserialize_with = "text_or_list")]
    pub trusted_proxies: Option<String>,
    /// Private networks that crawler, webhooks and model calls may reach [default: none]
    #[arg(
        long,
        env = "PARLANCE_EGRESS_ALLOW",
        global = true,
        value_name = "NETWORKS"
    )]
    #[serde(deserialize_with = "text_or_list")]
    pub egress_allow: Option<String>,
    /// Multiplies every limit; 0 switches them off [default: 1]
    #[arg(
        long,
        env = "PARLANCE_RATE_LIMIT_SCALE",
        global = true,
        value_name = "NUMBER"
    )]
    #[serde(deserialize_with = "text_or_number")]
    pub rate_limit_scale: Option<String>,
    /// What is logged, such as info or parlance=debug [default: info]
    #[arg(long, env = "PARLANCE_LOG", global = true, value_name = "FILTER")]
    pub log: Option<String>,
    /// text or json [default: text]
    #[arg(
        long,
        env = "PARLANCE_LOG_FORMAT",
        global = true,
        value_name = "FORMAT"
    )]
    pub log_format: Option<String>,
}

impl Settings {
    /// What is not set here is taken from `below`. A setting that is given but empty counts as not set, as an
    /// environment file leaves it.
    fn over(self, below: Self) -> Self {
        fn first(over: Option<String>, below: Option<String>) -> Option<String> {
            over.filter(|text| !text.is_empty())
                .or(below)
                .filter(|text| !text.is_empty())
        }
        Self {
            listen: first(self.listen, below.listen),
            public_url: first(self.public_url, below.public_url),
            data_dir: self.data_dir.or(below.data_dir),
            database_url: first(self.database_url, below.database_url),
            redis_url: first(self.redis_url, below.redis_url),
            storage_url: first(self.storage_url, below.storage_url),
            secret_key: first(self.secret_key, below.secret_key),
            metrics_listen: first(self.metrics_listen, below.metrics_listen),
            signup: first(self.signup, below.signup),
            llm_provider: first(self.llm_provider, below.llm_provider),
            llm_base_url: first(self.llm_base_url, below.llm_base_url),
            llm_api_key: first(self.llm_api_key, below.llm_api_key),
            llm_model: first(self.llm_model, below.llm_model),
            audio_base_url: first(self.audio_base_url, below.audio_base_url),
            audio_api_key: first(self.audio_api_key, below.audio_api_key),
            audio_transcription_model: first(
                self.audio_transcription_model,
                below.audio_transcription_model,
            ),
            audio_speech_model: first(self.audio_speech_model, below.audio_speech_model),
            smtp_url: first(self.smtp_url, below.smtp_url),
            mail_from: first(self.mail_from, below.mail_from),
            trusted_proxies: first(self.trusted_proxies, below.trusted_proxies),
            egress_allow: first(self.egress_allow, below.egress_allow),
            rate_limit_scale: first(self.rate_limit_scale, below.rate_limit_scale),
            log: first(self.log, below.log),
            log_format: first(self.log_format, below.log_format),
        }
    }
}

impl Config {
    /// Puts flags and environment over the file and judges the result.
    ///
    /// # Errors
    /// One sentence that names the setting.
    pub fn read(settings: Settings, file: Option<&Path>) -> Result<Self, String> {
        let below = match file {
            Some(path) => read_file(path)?,
            None if Path::new(FILE).exists() => read_file(Path::new(FILE))?,
            None => Settings::default(),
        };
        judge::config(settings.over(below))
    }
}

fn read_file(path: &Path) -> Result<Settings, String> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
    parse_file(&text).map_err(|problem| format!("{}: {problem}", path.display()))
}

fn parse_file(text: &str) -> Result<Settings, String> {
    toml::from_str(text).map_err(|error| {
        let line = error
            .span()
            .map(|span| 1 + text[..span.start].matches('\n').count());
        match line {
            Some(line) => format!("line {line}: {}", error.message()),
            None => error.message().to_owned(),
        }
    })
}

fn text_or_list<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    struct TextOrList;

    impl<'de> Visitor<'de> for TextOrList {
        type Value = Option<String>;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("a text or a list of texts")
        }

        fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
            Ok(Some(text.to_owned()))
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
            let mut entries = Vec::<String>::new();
            while let Some(entry) = list.next_element()? {
                entries.push(entry);
            }
            Ok(Some(entries.join(",")))
        }
    }

    deserializer.deserialize_any(TextOrList)
}

fn text_or_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let value = toml::Value::deserialize(deserializer)?;
    Ok(Some(match value {
        toml::Value::String(text) => text,
        other => other.to_string(),
    }))
}

#[cfg(test)]
mod tests {
    use super::{Arguments, Settings, parse_file};
    use crate::config::judge;
    use clap::{CommandFactory, Parser};

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn help_names_every_setting_and_its_variable() {
        let help = Arguments::command().render_long_help().to_string();
        for name in [
            "LISTEN",
            "PUBLIC_URL",
            "DATA_DIR",
            "DATABASE_URL",
            "REDIS_URL",
            "STORAGE_URL",
            "SECRET_KEY",
            "METRICS_LISTEN",
            "SIGNUP",
            "LLM_PROVIDER",
            "LLM_BASE_URL",
            "LLM_API_KEY",
            "LLM_MODEL",
            "AUDIO_BASE_URL",
            "AUDIO_API_KEY",
            "AUDIO_TRANSCRIPTION_MODEL",
            "AUDIO_SPEECH_MODEL",
            "SMTP_URL",
            "MAIL_FROM",
            "TRUSTED_PROXIES",
            "EGRESS_ALLOW",
            "RATE_LIMIT_SCALE",
            "LOG",
            "LOG_FORMAT",
        ] {
            assert!(help.contains(&format!("[env: PARLANCE_{name}")), "{name}");
            assert!(
                help.contains(&format!("--{} ", name.to_lowercase().replace('_', "-"))),
                "{name}"
            );
        }
    }

    #[test]
    fn a_flag_wins_over_the_file() {
        let arguments = Arguments::parse_from([
            "parlance",
            "serve",
            "--listen",
            "127.0.0.1:1",
            "--signup",
            "closed",
        ]);
        let file = parse_file("listen = \"127.0.0.1:2\"\nrate_limit_scale = 2.5\ntrusted_proxies = [\"10.0.0.0/8\", \"::1\"]").unwrap();
        let config = judge::config(arguments.settings.over(file)).unwrap();
        assert_eq!(config.listen.port(), 1);
        assert!((config.rate_limit_scale - 2.5).abs() < f64::EPSILON);
        assert_eq!(config.trusted_proxies.len(), 2);
    }

    #[test]
    fn an_unknown_key_of_the_file_is_refused_with_its_line() {
        let problem = parse_file("listen = \"127.0.0.1:2\"\nlissen = 1")
            .map(|_: Settings| ())
            .unwrap_err();
        assert!(
            problem.starts_with("line 2: unknown field `lissen`"),
            "{problem}"
        );
    }
}
