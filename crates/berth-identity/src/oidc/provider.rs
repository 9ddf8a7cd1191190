//! A provider: sends people there, and hears who came back.

use std::borrow::Cow;
use std::sync::Arc;

use berth_domain::{Problems, Timestamp};
use berth_outbound::{Outbound, Unreached};
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreAuthenticationFlow, CoreErrorResponseType,
    CoreGenderClaim, CoreJsonWebKey, CoreJsonWebKeySet, CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm, CoreProviderMetadata, CoreRevocableToken, CoreRevocationErrorResponse,
    CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AuthorizationCode, Client, CsrfToken, DiscoveryError, EmptyExtraTokenFields, EndpointMaybeSet,
    EndpointNotSet, EndpointSet, IdTokenFields, Nonce, PkceCodeChallenge, PkceCodeVerifier,
    RequestTokenError, StandardErrorResponse, StandardTokenResponse, TokenResponse as _,
};
use secrecy::ExposeSecret as _;
use tokio::sync::Mutex;
use url::Url;

use super::asking::Asking;
use super::attempt::SignInAttempt;
use super::callback::{Callback, Outcome};
use super::error::{BadToken, SignInError, tamed};
use super::identity::{ForeignIdentity, OtherClaims};
use super::known::{Known, is_resting};
use super::settings::{ProviderSettings, Settings};
use super::verify::verify;

type Fields = IdTokenFields<
    OtherClaims,
    EmptyExtraTokenFields,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;
pub(super) type Tokens = StandardTokenResponse<Fields, CoreTokenType>;
pub(super) type TokenRefusal = StandardErrorResponse<CoreErrorResponseType>;
type RelyingParty = Client<
    OtherClaims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    TokenRefusal,
    Tokens,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// A provider of other people's identities.
#[derive(Debug)]
pub struct Provider {
    settings: Settings,
    outbound: Arc<Outbound>,
    memory: Mutex<Memory>,
}

/// Held while the provider is asked, so that a hundred people who come at once ask once.
#[derive(Debug, Default)]
struct Memory {
    known: Option<Known>,
    failed: Option<Timestamp>,
}

impl Provider {
    /// Checks settings. Nobody is asked yet, so that Berth starts while a provider is down.
    pub fn new(settings: ProviderSettings, outbound: Arc<Outbound>) -> Result<Self, Problems> {
        let settings = settings.check(&outbound)?;
        Ok(Self { settings, outbound, memory: Mutex::default() })
    }

    /// Begins a sign-in: where to send the browser, and what to seal into it.
    pub async fn begin(&self, now: Timestamp) -> Result<(Url, SignInAttempt), SignInError> {
        let known = self.known(now).await?;
        let attempt = SignInAttempt::begin(&self.settings.issuer, now)?;
        let (state, nonce) = (attempt.state().to_owned(), attempt.nonce().to_owned());
        let verifier = PkceCodeVerifier::new(attempt.verifier().to_owned());
        let (url, _, _) = self
            .relying_party(&known)
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                move || CsrfToken::new(state),
                move || Nonce::new(nonce),
            )
            .add_scopes(self.settings.scopes.iter().cloned())
            .set_redirect_uri(Cow::Borrowed(&self.settings.redirect))
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
            .url();
        Ok((url, attempt))
    }

    /// Ends a sign-in: who came back. The attempt is used up, whatever becomes of it; the caller makes
    /// sure that its sealed form is, too.
    pub async fn finish(
        &self,
        attempt: SignInAttempt,
        callback: Callback,
        now: Timestamp,
    ) -> Result<ForeignIdentity, SignInError> {
        let code = self.code(&attempt, callback, now)?;
        let known = self.known(now).await?;
        let tokens = self.exchange(&known, &attempt, code).await?;
        let token = tokens.id_token().ok_or(SignInError::Token(BadToken::Missing))?;
        let claim = self.settings.groups_claim.as_deref();
        let judge = |keys: &CoreJsonWebKeySet| {
            let claims = verify(token, &self.settings, keys, attempt.nonce(), now)?;
            Ok(ForeignIdentity::of(claims, claim))
        };
        match judge(known.metadata.jwks()) {
            Err(BadToken::UnknownKey) => judge(&self.newer_keys(now).await?),
            judged => judged,
        }
        .map_err(SignInError::Token)
    }

    /// The code of a callback that answers this attempt.
    fn code(
        &self,
        attempt: &SignInAttempt,
        callback: Callback,
        now: Timestamp,
    ) -> Result<AuthorizationCode, SignInError> {
        let issuer = self.settings.issuer.as_str();
        // RFC 9207: who is told another issuer's code would carry it to the wrong provider.
        let is_from_there = callback.issuer.is_none_or(|named| named == issuer);
        if attempt.issuer != issuer || !is_from_there || !attempt.is_answered_by(&callback.state) {
            return Err(SignInError::NotOurs);
        }
        if attempt.is_over(now) {
            return Err(SignInError::TooLate);
        }
        match callback.outcome {
            Outcome::Code(code) => Ok(AuthorizationCode::new(code.expose_secret().to_owned())),
            Outcome::Refused(why) => Err(SignInError::Refused(tamed(&why))),
        }
    }

    async fn exchange(
        &self,
        known: &Known,
        attempt: &SignInAttempt,
        code: AuthorizationCode,
    ) -> Result<Tokens, SignInError> {
        let party = self.relying_party(known);
        let request = party
            .exchange_code(code)
            .map_err(|_| SignInError::Provider("it has no token endpoint".to_owned()))?
            .set_redirect_uri(Cow::Borrowed(&self.settings.redirect))
            .set_pkce_verifier(PkceCodeVerifier::new(attempt.verifier().to_owned()));
        request.request_async(&Asking(&self.outbound)).await.map_err(not_exchanged)
    }

    fn relying_party(&self, known: &Known) -> RelyingParty {
        let Settings { client_id, client_secret, redirect, .. } = &self.settings;
        let metadata = known.metadata.clone();
        Client::from_provider_metadata(metadata, client_id.clone(), client_secret.clone())
            .set_redirect_uri(redirect.clone())
            .set_auth_type(known.auth_type())
    }

    /// What the provider says about itself: from memory, or asked for.
    async fn known(&self, now: Timestamp) -> Result<Known, SignInError> {
        let mut memory = self.memory.lock().await;
        if let Some(known) = memory.known.as_ref().filter(|known| known.is_fresh(now)) {
            return Ok(known.clone());
        }
        if is_resting(memory.failed, now) {
            return Err(SignInError::Resting);
        }
        let found = self.discover(now).await;
        memory.failed = found.is_err().then_some(now);
        memory.known = found.as_ref().ok().cloned();
        found
    }

    async fn discover(&self, now: Timestamp) -> Result<Known, SignInError> {
        let issuer = self.settings.issuer.clone();
        let metadata = CoreProviderMetadata::discover_async(issuer, &Asking(&self.outbound)).await;
        let metadata = metadata.map_err(not_discovered)?;
        Known::learn(metadata, &self.settings, &self.outbound, now).map_err(SignInError::Provider)
    }

    /// The keys after a token named one that is not among them: looked for again, if that was not
    /// done a moment ago.
    async fn newer_keys(&self, now: Timestamp) -> Result<CoreJsonWebKeySet, SignInError> {
        let mut memory = self.memory.lock().await;
        let Some(known) = memory.known.as_mut() else { return Ok(CoreJsonWebKeySet::default()) };
        if known.may_seek_keys(now) {
            let found =
                CoreJsonWebKeySet::fetch_async(known.metadata.jwks_uri(), &Asking(&self.outbound))
                    .await;
            let (keys, failed) = match found {
                Ok(keys) => (Some(keys), None),
                Err(error) => (None, Some(not_discovered(error))),
            };
            known.sought_keys(keys, now);
            if let Some(error) = failed {
                return Err(error);
            }
        }
        Ok(known.metadata.jwks().clone())
    }
}

fn not_discovered(error: DiscoveryError<Unreached>) -> SignInError {
    let why = match error {
        DiscoveryError::Request(error) => return SignInError::Unreached(error),
        DiscoveryError::Response(status, _, _) => {
            format!("it answered {status}, or not with JSON, where it should describe itself")
        }
        DiscoveryError::Parse(error) => format!("at `{}`", tamed(&error.path().to_string())),
        DiscoveryError::Validation(_) => "it calls itself by another issuer".to_owned(),
        error => tamed(&error.to_string()),
    };
    SignInError::Provider(why)
}

fn not_exchanged(error: RequestTokenError<Unreached, TokenRefusal>) -> SignInError {
    match error {
        RequestTokenError::Request(error) => SignInError::Unreached(error),
        RequestTokenError::ServerResponse(refusal) => match refusal.error() {
            CoreErrorResponseType::InvalidGrant => SignInError::Code,
            other => SignInError::Provider(format!("it answered `{}`", tamed(other.as_ref()))),
        },
        // The answer may hold tokens: nothing of it is repeated.
        RequestTokenError::Parse(_, _) | RequestTokenError::Other(_) => {
            SignInError::Provider("its answer to the code cannot be read".to_owned())
        }
    }
}
