//! Whose device it is. Who holds the device's secret may keep the user it has, or detach it; a new user needs a proof
//! of the site's back end. So does an endpoint, before personal messages go there: a secret that was copied must not
//! bring another's messages to one's own browser.

use crate::error::Error;
use crate::state::App;
use crate::store::devices::{Known, Owner};
use crate::store::{Connection, earlier};
use crate::wire::device::{DeviceState, Put, UserMember};
use crate::wire::user_token::{Expected, TokenFault, UserKeys, UserToken};

/// While a suspended user is there: what he does is not the owner's, until the owner is there again.
const AWAY: i64 = i64::MAX;

/// Whose device it is after a PUT.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The owner.
    pub owner: Owner,
    /// Whether the PUT names an earlier user without a proof: the device stays its owner's.
    pub is_suspended: bool,
}

/// Decides, and writes down who is an earlier user now. A state that is no news says who uses the device all the same.
///
/// # Errors
/// [`Error::Token`], [`Error::Internal`].
pub async fn decide(app: &App, db: &mut Connection, put: &Put<'_>, known: &Known, now: i64) -> Result<Verdict, Error> {
    let mine = |owner| Verdict { owner, is_suspended: false };
    let here = |owner: Owner| mine(Owner { owned_from: owned_from(known, owner.user.as_deref(), now), ..owner });
    match &put.state.user {
        UserMember::Detached => Ok(here(Owner::default())),
        UserMember::Unchanged => Ok(mine(kept(put.state, known))),
        UserMember::Named { id, token: Some(token) } => {
            prove(app, put, id, token)?;
            take_over(db, put, known, id, now).await?;
            let personal_from = proven_from(put.state, known, id, now);
            Ok(here(Owner { user: Some(id.clone()), personal_from, ..Owner::default() }))
        }
        UserMember::Named { id, token: None } if known.user_id.as_ref() == Some(id) => Ok(here(kept(put.state, known))),
        UserMember::Named { id, token: None } if earlier::seen(db, put.site, put.id, id, now).await? => {
            let owner = Owner { owned_from: Some(AWAY), ..kept(put.state, known) };
            Ok(Verdict { owner, is_suspended: true })
        }
        UserMember::Named { .. } => Err(TokenFault::Missing.into()),
    }
}

/// The user before becomes an earlier one. Who was detached is none: he left by himself.
async fn take_over(db: &mut Connection, put: &Put<'_>, known: &Known, user: &str, now: i64) -> Result<(), sqlx::Error> {
    match &known.user_id {
        Some(before) if before == user => return Ok(()),
        Some(before) => earlier::add(db, put.site, put.id, before, now).await?,
        None => {}
    }
    earlier::remove(db, put.site, put.id, user).await
}

/// The owner so far. A new endpoint is not proven.
fn kept(state: &DeviceState, known: &Known) -> Owner {
    let is_new = state.revision > known.revision && has_moved(state, known);
    Owner { personal_from: known.personal_from.filter(|_| !is_new), ..known.owner() }
}

/// Reports may come late, and those of who was there before are not the next one's. An anonymous visitor is taken for the
/// user that he names first.
fn owned_from(known: &Known, user: Option<&str>, now: i64) -> Option<i64> {
    let has_left = known.user_id.is_some() && known.user_id.as_deref() != user;
    if has_left || known.owned_from == Some(AWAY) { Some(now) } else { known.owned_from }
}

/// A proof is one for the endpoint that it came with. That of a state that is no news is not stored, so there it must be
/// the stored one.
fn proven_from(state: &DeviceState, known: &Known, user: &str, now: i64) -> Option<i64> {
    if state.revision > known.revision || !has_moved(state, known) {
        return Some(now);
    }
    known.personal_from.filter(|_| known.user_id.as_deref() == Some(user))
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
