//! The desktop: owns `org.freedesktop.Notifications`, records what programs show, and does what a person would.

use std::sync::Arc;

use serde::Serialize;
use serde_json::Value as Json;
use tokio::sync::watch;
use zbus::{Connection, connection};

use crate::{
    LabError,
    journal::Journal,
    notifications::{Interface, NAME, PATH},
};

/// The reason of a close by the person, also after a click.
pub const DISMISSED: u32 = 2;

/// Whether a notification can still be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It can.
    Open,
    /// It was closed; see `close_reason`.
    Closed,
    /// A newer one with the same id took its place.
    Replaced,
}

/// A button, or the whole notification under the key `default`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Action {
    /// The program's name for it.
    pub key: String,
    /// What is written on it.
    pub label: String,
}

/// One call of Notify.
#[derive(Debug, Clone, Serialize)]
pub struct Notification {
    /// The desktop's number; stays the same when a notification is replaced.
    pub id: u32,
    /// Whether it can still be seen.
    pub state: State,
    /// 1 expired, 2 dismissed or clicked, 3 closed by the program.
    pub close_reason: Option<u32>,
    /// The key of the action that the person chose.
    pub activated: Option<String>,
    /// The program's name.
    pub app: String,
    /// The id it was told to replace, or 0. Chromium shows a tag again this way; Firefox closes and shows anew.
    pub replaces_id: u32,
    /// An icon's file or name, from the call or from the hint `image-path`.
    pub icon: Option<String>,
    /// The title.
    pub summary: String,
    /// The body as it came, with markup.
    pub body: String,
    /// The body as a person reads it, without Chromium's line that names the origin.
    pub text: String,
    /// Buttons, `default` among them.
    pub actions: Vec<Action>,
    /// 0 low, 1 normal, 2 critical.
    pub urgency: Option<u8>,
    /// Milliseconds until it expires; 0 never, -1 the desktop decides. This desktop never does.
    pub expire_ms: i32,
    /// All hints; pictures only by their size.
    pub hints: Json,
}

/// Why a person could not do something.
#[derive(Debug)]
pub enum Trouble {
    /// There never was such a notification.
    Unknown,
    /// It is closed.
    NotOpen,
    /// It has no such action.
    NoAction,
    /// The bus failed.
    Bus(zbus::Error),
}

impl From<zbus::Error> for Trouble {
    fn from(error: zbus::Error) -> Self {
        Self::Bus(error)
    }
}

/// The desktop, seen from the person's side.
#[derive(Debug)]
pub struct Desktop {
    /// Every notification, in order.
    pub notifications: Arc<Journal<Notification>>,
    connection: Connection,
    /// The highest number of a notification that its program knows.
    told: watch::Receiver<u32>,
}

impl Desktop {
    /// Connects to the bus and takes the name.
    ///
    /// # Errors
    /// When the bus refuses.
    pub async fn start(address: &str) -> Result<Self, LabError> {
        let notifications = Arc::new(Journal::default());
        let (tell, told) = watch::channel(0);
        let interface = Interface::new(notifications.clone(), tell);
        let failed = LabError::at("take the desktop's place on the bus");
        let builder = connection::Builder::address(address).and_then(|builder| builder.serve_at(PATH, interface));
        let connection = match builder.and_then(|builder| builder.name(NAME)) {
            Ok(builder) => builder.build().await.map_err(failed)?,
            Err(error) => return Err(failed(error)),
        };
        Ok(Self { notifications, connection, told })
    }

    /// Clicks the notification itself.
    ///
    /// # Errors
    /// See [`Trouble`].
    pub async fn click(&self, id: u32, keep: bool) -> Result<(), Trouble> {
        self.press(id, |action| action.key == "default", keep).await
    }

    /// Presses the first button that fits; the notification closes after, unless it is to be kept.
    ///
    /// # Errors
    /// See [`Trouble`].
    pub async fn press(&self, id: u32, fits: impl Fn(&Action) -> bool, keep: bool) -> Result<(), Trouble> {
        let open = self.open(id)?;
        let action = open.actions.into_iter().find(fits).ok_or(Trouble::NoAction)?;
        self.change(id, |notification| notification.activated = Some(action.key.clone()));
        self.signal(id, "ActionInvoked", &(id, action.key)).await?;
        if keep { Ok(()) } else { self.close(id, DISMISSED).await }
    }

    /// Answers with a text.
    ///
    /// # Errors
    /// See [`Trouble`].
    pub async fn reply(&self, id: u32, text: &str, keep: bool) -> Result<(), Trouble> {
        self.open(id)?;
        self.signal(id, "NotificationReplied", &(id, text)).await?;
        if keep { Ok(()) } else { self.close(id, DISMISSED).await }
    }

    /// Closes a notification for the given reason.
    ///
    /// # Errors
    /// See [`Trouble`].
    pub async fn close(&self, id: u32, reason: u32) -> Result<(), Trouble> {
        // The program may have closed it in answer to the click; that is no trouble.
        if close(&self.notifications, id, reason) {
            self.signal(id, "NotificationClosed", &(id, reason)).await?;
        }
        Ok(())
    }

    /// The notification, if it can be seen.
    ///
    /// # Errors
    /// See [`Trouble`].
    pub fn open(&self, id: u32) -> Result<Notification, Trouble> {
        let found = self.notifications.latest(|notification| notification.id == id).ok_or(Trouble::Unknown)?;
        if found.state == State::Open { Ok(found) } else { Err(Trouble::NotOpen) }
    }

    fn change(&self, id: u32, change: impl Fn(&mut Notification)) {
        self.notifications.update(|notification| {
            let hit = notification.id == id && notification.state == State::Open;
            if hit {
                change(notification);
            }
            hit
        });
    }

    /// Tells the program of its notification, once it knows the number.
    async fn signal<B>(&self, id: u32, name: &str, body: &B) -> Result<(), Trouble>
    where
        B: Serialize + zbus::zvariant::DynamicType,
    {
        // Without a sender the desktop is gone, and the bus says so.
        let _ = self.told.clone().wait_for(|told| *told >= id).await;
        Ok(self.connection.emit_signal(None::<&str>, PATH, NAME, name, body).await?)
    }
}

/// Marks a notification closed; false if it was not open.
pub fn close(notifications: &Journal<Notification>, id: u32, reason: u32) -> bool {
    let closed = notifications.update(|notification| {
        let hit = notification.id == id && notification.state == State::Open;
        if hit {
            notification.state = State::Closed;
            notification.close_reason = Some(reason);
        }
        hit
    });
    closed > 0
}
