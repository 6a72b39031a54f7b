//! Whose device it is. Who holds the device's secret may keep the user it has, or detach it; a new user needs a proof
//! of the site's back end. So does an endpoint, before personal messages go there: a secret that was copied must not
//! bring another's messages to one's own browser.

use crate::error::Error;
use crate::state::App;
use crate::store::devices::{Known, Owner};
use crate::wire::device::{DeviceState, Put, UserMember};
use crate::wire::user_token::{Expected, TokenFault, UserKeys, UserToken};

/// The owner after an accepted state.
///
/// # Errors
/// [`Error::Token`].
pub fn owner(app: &App, put: &Put<'_>, known: &Known, now: i64) -> Result<Owner, Error> {
    match &put.state.user {
        UserMember::Detached => Ok(Owner::default()),
        UserMember::Unchanged => Ok(unchanged(put.state, known)),
        UserMember::Named { id, token: Some(token) } => {
            prove(app, put, id, token)?;
            Ok(Owner { user: Some(id.clone()), personal_from: Some(now) })
        }
        UserMember::Named { id, token: None } if known.user_id.as_ref() == Some(id) => Ok(unchanged(put.state, known)),
        UserMember::Named { .. } => Err(TokenFault::Missing.into()),
    }
}

/// Whether a heartbeat proves the user that the device has, at the endpoint that it has: `identify()` without any
/// change of the state.
///
/// # Errors
/// [`Error::Token`].
pub fn is_confirmed(app: &App, put: &Put<'_>, known: &Known) -> Result<bool, Error> {
    match &put.state.user {
        UserMember::Named { id, token: Some(token) } if known.user_id.as_ref() == Some(id) => {
            prove(app, put, id, token)?;
            Ok(!has_moved(put.state, known))
        }
        _ => Ok(false),
    }
}

fn unchanged(state: &DeviceState, known: &Known) -> Owner {
    let personal_from = if has_moved(state, known) { None } else { known.personal_from };
    Owner { user: known.user_id.clone(), personal_from }
}

/// Whether the state brings another endpoint than the stored one.
fn has_moved(state: &DeviceState, known: &Known) -> bool {
    state.subscription.as_ref().is_some_and(|subscription| known.endpoint.as_ref() != Some(&subscription.endpoint))
}

fn prove(app: &App, put: &Put<'_>, user: &str, token: &UserToken) -> Result<(), Error> {
    let now = app.clock.seconds();
    let expected = Expected { site: put.site, user, device: put.id, now };
    let none = UserKeys::default();
    app.user_keys.get(put.site).unwrap_or(&none).check(token, expected)?;
    Ok(())
}
