//! Whether a token is to be believed.

use berth_domain::Timestamp;
use chrono::{DateTime, Utc};
use openidconnect::core::{
    CoreGenderClaim, CoreIdTokenVerifier, CoreJsonWebKeySet, CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
};
use openidconnect::{
    ClaimsVerificationError as ClaimsError, IdToken, Nonce,
    SignatureVerificationError as SignatureError,
};

use super::algorithms;
use super::error::BadToken;
use super::identity::{Claims, OtherClaims};
use super::settings::Settings;

/// How far the provider's clock and ours may differ.
const SKEW: chrono::Duration = chrono::Duration::seconds(60);
/// How long the name of a subject may be, as section 2 has it.
const LONGEST_SUBJECT: usize = 255;

pub(super) type Token = IdToken<
    OtherClaims,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;

/// Checks everything that `OpenID` Connect Core, section 3.1.3.7, asks for, and that nobody else is named
/// as an audience.
pub(super) fn verify<'t>(
    token: &'t Token,
    settings: &Settings,
    keys: &CoreJsonWebKeySet,
    nonce: &str,
    now: Timestamp,
) -> Result<&'t Claims, BadToken> {
    let now =
        DateTime::<Utc>::from_timestamp_micros(now.as_microsecond()).ok_or(BadToken::Expired)?;
    let id = &settings.client_id;
    // As if we had no secret: with one, whoever knows it could sign.
    let verifier =
        CoreIdTokenVerifier::new_public_client(id.clone(), settings.issuer.clone(), keys.clone())
            .set_allowed_algs(algorithms::ALLOWED)
            .set_other_audience_verifier_fn(|_| false)
            .set_time_fn(move || now - SKEW)
            .set_issue_time_verifier_fn(move |issued| {
                if issued <= now + SKEW { Ok(()) } else { Err("issued in the future".to_owned()) }
            });
    let claims = token.claims(&verifier, &Nonce::new(nonce.to_owned())).map_err(bad)?;
    if claims.authorized_party().is_some_and(|party| party != id) {
        return Err(BadToken::Audience);
    }
    let subject = claims.subject().as_str();
    let is_name = (1..=LONGEST_SUBJECT).contains(&subject.len());
    if is_name && !subject.chars().any(char::is_control) {
        Ok(claims)
    } else {
        Err(BadToken::Claims)
    }
}

fn bad(error: ClaimsError) -> BadToken {
    match error {
        ClaimsError::Expired(_) => BadToken::Expired,
        ClaimsError::InvalidAudience(_) => BadToken::Audience,
        ClaimsError::InvalidIssuer(_) => BadToken::Issuer,
        ClaimsError::InvalidNonce(_) => BadToken::Nonce,
        ClaimsError::Unsupported(_) => BadToken::Algorithm,
        ClaimsError::SignatureVerification(error) => match error {
            SignatureError::NoMatchingKey => BadToken::UnknownKey,
            SignatureError::DisallowedAlg(_)
            | SignatureError::UnsupportedAlg(_)
            | SignatureError::NoSignature => BadToken::Algorithm,
            _ => BadToken::Signature,
        },
        _ => BadToken::Claims,
    }
}
