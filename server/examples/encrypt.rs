//! Encrypts one push like the server does, so that other implementations can judge the result.
//!
//! `encrypt P256DH AUTH [--audience ORIGIN [--subject SUBJECT] [--key PRIVATE PUBLIC]]`
//!
//! Reads the plaintext from stdin. Without `--audience` it writes the raw `aes128gcm` body to stdout; with it, one
//! line of JSON: `{"body": base64url, "headers": {"content-encoding", "authorization"}, "vapid_public": base64url}`.
//! Keys are base64url; a key pair is made when none is given, the subject is `mailto:test@example.com`, the token
//! lasts 12 hours.

use std::io::{Read as _, Write as _, stdin, stdout};
use std::process::ExitCode;

use serde_json::json;
use softbell_server::b64;
use softbell_server::clock::Clock;
use softbell_server::push::encrypt::Recipient;
use softbell_server::push::signer::Signer;
use softbell_server::push::vapid::{VapidKey, generate};

fn main() -> ExitCode {
    match run(std::env::args().skip(1)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("{sentence}");
            ExitCode::FAILURE
        }
    }
}

/// What was asked for.
#[derive(Default)]
struct Request {
    keys: Vec<String>,
    audience: Option<String>,
    subject: Option<String>,
    pair: Option<(String, String)>,
}

fn run(arguments: impl Iterator<Item = String>) -> Result<(), String> {
    let request = read_arguments(arguments)?;
    let [p256dh, auth] = request.keys.as_slice() else {
        return Err("Give the keys of the subscription: P256DH AUTH.".to_owned());
    };
    let mut plaintext = Vec::new();
    stdin().read_to_end(&mut plaintext).map_err(|error| error.to_string())?;
    let recipient = Recipient::parse(p256dh, auth).map_err(|error| format!("{error:?}"))?;
    let body = recipient.encrypt(&plaintext).map_err(|error| format!("{error:?}"))?;
    let out = match &request.audience {
        None => body,
        Some(audience) => signed(&request, audience, &body)?.into_bytes(),
    };
    stdout().write_all(&out).map_err(|error| error.to_string())
}

fn read_arguments(mut arguments: impl Iterator<Item = String>) -> Result<Request, String> {
    let mut request = Request::default();
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or_else(|| format!("Give {argument} a value."));
        match argument.as_str() {
            "--audience" => request.audience = Some(value()?),
            "--subject" => request.subject = Some(value()?),
            "--key" => request.pair = Some((value()?, value()?)),
            _ => request.keys.push(argument),
        }
    }
    Ok(request)
}

fn signed(request: &Request, audience: &str, body: &[u8]) -> Result<String, String> {
    let pair = match &request.pair {
        Some(pair) => pair.clone(),
        None => generate().map_err(|error| format!("{error:?}"))?,
    };
    let key = VapidKey::from_raw(&pair.0, &pair.1).map_err(|error| format!("{error:?}"))?;
    let subject = request.subject.clone().unwrap_or_else(|| "mailto:test@example.com".to_owned());
    let signer = Signer::new(key, subject);
    let now = Clock::default().seconds().unsigned_abs();
    let authorization = signer.authorization(audience, now).map_err(|error| format!("{error:?}"))?;
    let answer = json!({
        "body": b64::encode(body),
        "headers": {"content-encoding": "aes128gcm", "authorization": authorization},
        "vapid_public": pair.1,
    });
    Ok(format!("{answer}\n"))
}
