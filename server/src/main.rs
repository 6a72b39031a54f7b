//! `softbell-server`: see `--help`.

use std::process::ExitCode;

use softbell_server::cli::{Command, HELP};
use softbell_server::run;
use tracing_subscriber::filter::LevelFilter;

fn main() -> ExitCode {
    match Command::parse(std::env::args().skip(1)).and_then(start) {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("{sentence}");
            ExitCode::FAILURE
        }
    }
}

fn start(command: Command) -> Result<(), String> {
    log_to_stderr();
    let runtime = tokio::runtime::Runtime::new().map_err(|error| format!("Cannot start threads: {error}."))?;
    match command {
        Command::Help => {
            println!("{HELP}");
            Ok(())
        }
        Command::Serve { settings } => runtime.block_on(run::serve(settings)),
        Command::RotateVapid { settings } => run::rotate_vapid(settings),
        Command::Demo(demo) => runtime.block_on(run::demo(demo)),
    }
}

fn log_to_stderr() {
    let level = std::env::var("SOFTBELL_LOG").ok().and_then(|word| word.parse().ok());
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_max_level(level.unwrap_or(LevelFilter::INFO)).init();
}
