//! Refuses settings that cannot work or are not safe, before anything listens.

use softbell::contract::limits::{ID_BYTES, TOPICS};
use url::{Host, Url};

use super::{DatabaseUrl, MOST_JITTER, Privacy, Settings, Site};
use crate::push::vapid::check_subject;
use crate::wire::user_token::UserKeys;

/// Hours of an attribution window at most: 30 days.
const MOST_HOURS: u32 = 720;

/// Checks everything.
///
/// # Errors
/// One sentence for the operator: what is wrong, and what to write instead.
pub fn check(settings: &Settings) -> Result<(), String> {
    if settings.sites.is_empty() {
        return Err("Add at least one site to the settings: [sites.NAME] with its origins.".to_owned());
    }
    for (name, site) in &settings.sites {
        check_site(name, site)?;
    }
    if let Some(url) = &settings.public_url
        && !is_origin(url)
    {
        return Err(format!("Set public_url to an origin such as https://push.example.com, not {url}."));
    }
    if let Some(host) = settings.push_hosts.iter().find(|host| !is_host(host)) {
        return Err(format!(
            "Write push_hosts as fcm.googleapis.com, or .push.apple.com for all below it, not {host}."
        ));
    }
    settings.database.as_ref().map_or(Ok(()), DatabaseUrl::check)?;
    match &settings.contact {
        Some(contact) if check_subject(contact).is_err() => {
            Err(format!("Set contact to mailto:someone@host or https://host/, not {contact}."))
        }
        None if settings.lab.is_none() => {
            Err("Set contact to mailto:someone@host, so that push services can reach you.".to_owned())
        }
        _ => check_lab(settings),
    }
}

fn check_site(name: &str, site: &Site) -> Result<(), String> {
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
    if !plain || name.is_empty() || name.len() > ID_BYTES {
        return Err(format!("Name the site {name} with letters, digits, - and _ only."));
    }
    if site.origins.is_empty() {
        return Err(format!("Add the origins of its pages to the site {name}."));
    }
    if let Some(origin) = site.origins.iter().find(|origin| !is_origin(origin)) {
        return Err(format!("Write the origin {origin} of the site {name} as https://host (http only for localhost)."));
    }
    if site.topics.len() > TOPICS || site.topics.iter().any(|t| t.id.is_empty() || t.id.len() > ID_BYTES) {
        return Err(format!("Give the site {name} at most {TOPICS} topics with ids of 1 to {ID_BYTES} bytes."));
    }
    let texts = site.topics.iter().flat_map(|topic| [&topic.id, &topic.name]);
    let welcome = site.welcome.iter().flat_map(|welcome| [&welcome.title, &welcome.body]);
    if texts.chain(welcome).any(|text| text.contains('\0')) {
        return Err(format!("Leave U+0000 out of the texts of the site {name}: not every database stores it."));
    }
    if site.received_jitter > MOST_JITTER {
        return Err(format!("Set received_jitter of the site {name} to 0 to {MOST_JITTER} seconds."));
    }
    let windows = [site.attribution.click_window_hours, site.attribution.display_window_hours];
    if windows.iter().any(|hours| *hours > MOST_HOURS) {
        return Err(format!("Give the attribution of the site {name} windows of at most {MOST_HOURS} hours."));
    }
    check_privacy(name, &site.privacy)?;
    UserKeys::load(&site.keys).map_err(|fault| format!("Correct the keys of the site {name}. {fault}"))?;
    check_welcome(name, site)
}

fn check_privacy(name: &str, privacy: &Privacy) -> Result<(), String> {
    let texts = || privacy.controller.iter().chain(&privacy.purposes).chain(&privacy.link);
    if texts().any(|text| text.is_empty() || text.contains('\0')) || texts().map(String::len).sum::<usize>() > 4096 {
        return Err(format!(
            "Give the privacy of the site {name} texts that are not empty, at most 4096 bytes in all."
        ));
    }
    if privacy.link.as_ref().is_some_and(|link| !Url::parse(link).is_ok_and(|url| is_safe_scheme(&url))) {
        return Err(format!("Set the privacy link of the site {name} to an absolute https address."));
    }
    Ok(())
}

fn check_welcome(name: &str, site: &Site) -> Result<(), String> {
    let Some(welcome) = &site.welcome else { return Ok(()) };
    if welcome.title.is_empty() || welcome.title.len() + welcome.body.len() > 2000 {
        return Err(format!("Give the welcome of the site {name} a title, and at most 2000 bytes of text."));
    }
    let on_site = Url::parse(&welcome.url).is_ok_and(|url| site.origins.contains(&url.origin().ascii_serialization()));
    if !on_site || welcome.url.len() > 500 {
        return Err(format!("Set the welcome url of the site {name} to an address on one of its origins."));
    }
    let icon_fits = |icon: &String| icon.len() <= 500 && Url::parse(icon).is_ok_and(|url| is_safe_scheme(&url));
    if welcome.icon.as_ref().is_some_and(|icon| !icon_fits(icon)) {
        return Err(format!("Set the welcome icon of the site {name} to an absolute https address."));
    }
    Ok(())
}

/// Lab mode sends to an address that is not checked, so it may only serve this machine.
fn check_lab(settings: &Settings) -> Result<(), String> {
    let Some(lab) = &settings.lab else { return Ok(()) };
    if !settings.listen.ip().is_loopback() {
        return Err(format!("Lab mode needs a loopback address to listen on, not {}.", settings.listen));
    }
    let origins = settings.sites.values().flat_map(|site| &site.origins);
    if let Some(foreign) = origins.chain(&settings.public_url).find(|origin| !is_local(origin)) {
        return Err(format!("Lab mode allows origins on localhost and 127.0.0.1 only, not {foreign}."));
    }
    match &lab.push_url {
        Some(url) if !is_origin(url) || !is_local(url) => {
            Err(format!("Set lab.push_url to an origin on localhost or 127.0.0.1, not {url}."))
        }
        _ => Ok(()),
    }
}

/// Whether a URL names this machine: `localhost` or `127.0.0.1`.
#[must_use]
pub fn is_local(url: &str) -> bool {
    Url::parse(url).is_ok_and(|url| is_local_host(&url))
}

fn is_local_host(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address == std::net::Ipv4Addr::LOCALHOST,
        _ => false,
    }
}

fn is_safe_scheme(url: &Url) -> bool {
    url.scheme() == "https" || (url.scheme() == "http" && is_local_host(url))
}

/// Whether an entry can match the host of an endpoint, which has no capitals, or the end of one.
fn is_host(entry: &str) -> bool {
    let name = entry.strip_prefix('.').unwrap_or(entry);
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '.');
    !name.is_empty() && name.chars().all(plain)
}

/// Whether the text is exactly an origin, and a safe one.
fn is_origin(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| is_safe_scheme(&url) && url.origin().ascii_serialization() == text)
}
