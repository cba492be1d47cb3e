//! The program: reads its configuration, opens the application, serves or does one piece of work.

use clap::Parser;
use parlance::app::App;
use parlance::clock::{Clock, Ids};
use parlance::config::{
    AdminCommand, Arguments, Command, Config, CreateAccount, LogFormat, SetPlan,
};
use parlance::core::account::{self, NewAccount, setup};
use parlance::core::{demo, job};
use parlance::error::Error;
use parlance::reader;
use parlance::serve::{serve, serve_metrics};
use std::fs::{File, TryLockError};
use std::io::{ErrorKind, IsTerminal, Write};
use std::net::SocketAddr;
use std::process::ExitCode;
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;
use url::Url;

const POSTGRES_PORT: u16 = 5432;

/// A sentence for whoever started the program.
type Outcome<T> = Result<T, String>;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            // One line, whatever the cause wrote.
            let line: Vec<&str> = problem.split_whitespace().collect();
            eprintln!("parlance: {}", line.join(" "));
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> Outcome<()> {
    if let Command::ReadDocument { kind } = &arguments.command {
        // It has no configuration, and needs none.
        return reader::serve(kind);
    }
    let config = Config::read(arguments.settings, arguments.config.as_deref())?;
    start_log(&config)?;
    let runtime = tokio::runtime::Runtime::new()
        .map_err(|error| format!("the program cannot start its threads: {error}"))?;
    runtime.block_on(async {
        match arguments.command {
            Command::Serve => serve_until_told(config).await,
            Command::Admin {
                command: AdminCommand::CreateAccount(new),
            } => create_account(config, new).await,
            Command::Admin {
                command: AdminCommand::SetPlan(wanted),
            } => set_plan(config, wanted).await,
            Command::ReadDocument { .. } => Ok(()),
        }
    })
}

/// The log goes to standard error: standard output is for those who started the program.
fn start_log(config: &Config) -> Outcome<()> {
    let filter = EnvFilter::try_new(&config.log).map_err(|error| error.to_string())?;
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        // Colours are for people; a file or a collector gets plain text.
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    let started = match config.log_format {
        LogFormat::Text => builder.try_init(),
        LogFormat::Json => builder.json().try_init(),
    };
    started.map_err(|error| error.to_string())
}

fn not_listening(wanted: SocketAddr, error: &std::io::Error) -> String {
    let advice = match error.kind() {
        ErrorKind::AddrInUse => {
            ": another program listens there; set PARLANCE_LISTEN to another port"
        }
        ErrorKind::AddrNotAvailable => {
            ": this machine has no such address; set PARLANCE_LISTEN to one that it has"
        }
        ErrorKind::PermissionDenied => {
            ": only the administrator may; set PARLANCE_LISTEN to a port above 1023"
        }
        _ => "",
    };
    format!("cannot listen on {wanted}: {error}{advice}")
}

async fn serve_until_told(mut config: Config) -> Outcome<()> {
    let wanted = config.listen;
    let listener = TcpListener::bind(wanted)
        .await
        .map_err(|error| not_listening(wanted, &error))?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    config.listening_on(address);
    let stopped = signals()?;
    let app = open(config).await?;
    let _held = hold_data_folder(&app.config)?;
    job::take_over(&app)
        .await
        .map_err(|error| explain(&error))?;
    demo::prepare(&app).await.map_err(|error| explain(&error))?;
    let token = setup::prepare(&app)
        .await
        .map_err(|error| explain(&error))?;
    say(&format!("listening on http://{address}"))?;
    if let Some(token) = token {
        let link = format!("{}/dashboard/setup?token={token}", app.config.public_url);
        say(&format!("make the first account here: {link}"))?;
    }
    serve_metrics(&app).await;
    serve(&app, listener, stopped).await;
    Ok(())
}

/// Two processes on one SQLite file would take each other's work for work left behind. The lock goes with the
/// process, however it ends.
fn hold_data_folder(config: &Config) -> Outcome<Option<File>> {
    if !config.database_url.starts_with("sqlite:") {
        return Ok(None);
    }
    let path = config.data_dir.join("serve.lock");
    let file = File::create(&path)
        .map_err(|error| format!("{} cannot be written: {error}", path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Err(format!(
            "another Parlance already serves the data folder {}; several replicas need PostgreSQL",
            config.data_dir.display()
        )),
        Err(TryLockError::Error(error)) => {
            Err(format!("{} cannot be locked: {error}", path.display()))
        }
    }
}

async fn create_account(config: Config, new: CreateAccount) -> Outcome<()> {
    let app = open(config).await?;
    let new = NewAccount {
        email: new.email,
        password: new.password,
        name: new.name,
        plan: new.plan,
    };
    let email = new.email.clone();
    let outcome = account::create(&app, new).await;
    app.db.close().await;
    let created = outcome.map_err(|error| explain(&error))?;
    say(&format!(
        "account {} made; {email} can sign in at /dashboard",
        created.account_id
    ))
}

async fn set_plan(config: Config, wanted: SetPlan) -> Outcome<()> {
    let app = open(config).await?;
    let SetPlan { email, plan } = wanted;
    let outcome = account::set_plan(&app, &email, &plan).await;
    app.db.close().await;
    outcome.map_err(|error| explain(&error))?;
    say(&format!("the account of {email} is on plan {plan}"))
}

async fn open(config: Config) -> Outcome<App> {
    let engine = config.clone();
    App::open(config, Clock::System, Ids::System)
        .await
        .map_err(|error| {
            let sentence = explain(&error);
            if error.detail.is_some() {
                return sentence;
            }
            let place = match engine.database_url.strip_prefix("sqlite:") {
                Some(path) => format!("at {path}"),
                None => server_of(&engine.database_url),
            };
            format!("the database {place} cannot be opened: {sentence}")
        })
}

/// Host and port of a database's address, which may hold a password.
fn server_of(address: &str) -> String {
    let url = Url::parse(address).ok();
    let server = url.as_ref().and_then(|url| {
        let port = url.port().unwrap_or(POSTGRES_PORT);
        Some(format!("on {}:{port}", url.host_str()?))
    });
    server.unwrap_or_else(|| "on its server".to_owned())
}

/// The public sentence, and the cause: here the reader is the operator.
fn explain(error: &Error) -> String {
    match (&error.detail, &error.cause) {
        (Some(detail), _) => detail.to_string(),
        (None, Some(cause)) => cause.to_string(),
        (None, None) => error.public_message().to_owned(),
    }
}

fn say(line: &str) -> Outcome<()> {
    let mut output = std::io::stdout().lock();
    writeln!(output, "{line}")
        .and_then(|()| output.flush())
        .map_err(|error| format!("standard output cannot be written: {error}"))
}

/// Resolves at the first SIGTERM or SIGINT. The second ends the process at once.
fn signals() -> Outcome<impl Future<Output = ()>> {
    #[cfg(unix)]
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())
        .map_err(|error| error.to_string())?;
    let mut next = async move || {
        #[cfg(unix)]
        tokio::select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
        #[cfg(not(unix))]
        let _ = tokio::signal::ctrl_c().await;
    };
    let (tell, told) = tokio::sync::oneshot::channel();
    tokio::spawn(async move {
        next().await;
        // Nobody listens any more where the process ends by itself.
        let _ = tell.send(());
        next().await;
        eprintln!("parlance: ended at once, as told twice");
        std::process::exit(130);
    });
    Ok(async move {
        let _ = told.await;
    })
}
