//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;

/// What `--help` prints.
pub const HELP: &str = "\
softbell-server serve [--settings FILE]      run a server; FILE is softbell.toml unless SOFTBELL_SETTINGS says else
softbell-server rotate-vapid [--settings FILE]
                                             make a new VAPID key; the one so far is kept for its subscriptions
softbell-server demo  [--listen ADDRESS] [--shop-listen ADDRESS] [--data DIR] [--kit DIR] [--shop DIR]
                      [--console DIR] [--lab-push-url URL] [--clock-offset SECONDS]
                                             run a server and a shop that uses it, on this machine
Variables SOFTBELL_LISTEN, _PUBLIC_URL, _DATA_DIR, _DATABASE, _KIT, _CONSOLE, _CONTACT, _LAB_PUSH_URL win over the
settings file of `serve`; SOFTBELL_LOG is error, warn, info or debug.";

/// What to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Print [`HELP`].
    Help,
    /// Run a server.
    Serve {
        /// The settings file.
        settings: Option<PathBuf>,
    },
    /// Make a new VAPID key.
    RotateVapid {
        /// The settings file.
        settings: Option<PathBuf>,
    },
    /// Run a server and a shop.
    Demo(Demo),
}

/// The demo's choices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Demo {
    /// Where the server listens; port 0 picks a free one.
    pub listen: SocketAddr,
    /// Where the shop listens.
    pub shop_listen: SocketAddr,
    /// Folder of the database and the secrets.
    pub data: PathBuf,
    /// Folder of the built kit.
    pub kit: PathBuf,
    /// Folder of the shop.
    pub shop: PathBuf,
    /// Folder of the built console.
    pub console: PathBuf,
    /// Stand-in for all push services, an origin.
    pub lab_push_url: Option<String>,
    /// Seconds added to the clock; in lab mode only.
    pub clock_offset: i64,
}

impl Default for Demo {
    fn default() -> Self {
        Self {
            listen: ([127, 0, 0, 1], 8480).into(),
            shop_listen: ([127, 0, 0, 1], 8481).into(),
            data: "build/demo-data".into(),
            kit: "pkg/dist/softbell".into(),
            shop: "www/shop".into(),
            console: "build/console".into(),
            lab_push_url: None,
            clock_offset: 0,
        }
    }
}

impl Command {
    /// Reads the arguments after the program's name.
    ///
    /// # Errors
    /// One sentence that names the argument.
    pub fn parse(arguments: impl IntoIterator<Item = String>) -> Result<Self, String> {
        let mut arguments = arguments.into_iter();
        match arguments.next().as_deref() {
            None | Some("help" | "--help" | "-h") => Ok(Self::Help),
            Some("serve") => Ok(Self::Serve { settings: parse_settings(arguments)? }),
            Some("rotate-vapid") => Ok(Self::RotateVapid { settings: parse_settings(arguments)? }),
            Some("demo") => parse_demo(arguments).map(Self::Demo),
            Some(other) => Err(format!("Use serve, rotate-vapid or demo, not {other}; --help tells more.")),
        }
    }
}

fn parse_settings(mut arguments: impl Iterator<Item = String>) -> Result<Option<PathBuf>, String> {
    let mut settings = None;
    while let Some(flag) = arguments.next() {
        match flag.as_str() {
            "--settings" => settings = Some(value(&flag, &mut arguments)?),
            _ => return Err(unknown(&flag)),
        }
    }
    Ok(settings)
}

fn parse_demo(mut arguments: impl Iterator<Item = String>) -> Result<Demo, String> {
    let mut demo = Demo::default();
    while let Some(flag) = arguments.next() {
        let arguments = &mut arguments;
        match flag.as_str() {
            "--listen" => demo.listen = value(&flag, arguments)?,
            "--shop-listen" => demo.shop_listen = value(&flag, arguments)?,
            "--data" => demo.data = value(&flag, arguments)?,
            "--kit" => demo.kit = value(&flag, arguments)?,
            "--shop" => demo.shop = value(&flag, arguments)?,
            "--console" => demo.console = value(&flag, arguments)?,
            "--lab-push-url" => demo.lab_push_url = Some(value(&flag, arguments)?),
            "--clock-offset" => demo.clock_offset = value(&flag, arguments)?,
            _ => return Err(unknown(&flag)),
        }
    }
    if demo.clock_offset != 0 && demo.lab_push_url.is_none() {
        return Err("Give --clock-offset together with --lab-push-url only.".to_owned());
    }
    Ok(demo)
}

fn value<T: std::str::FromStr>(flag: &str, arguments: &mut impl Iterator<Item = String>) -> Result<T, String> {
    let text = arguments.next().ok_or_else(|| format!("Give {flag} a value."))?;
    text.parse().map_err(|_| format!("Correct the value of {flag}: {text}."))
}

fn unknown(flag: &str) -> String {
    format!("Leave out {flag}; --help lists what there is.")
}
