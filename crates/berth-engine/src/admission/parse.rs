//! Reading what was typed.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use berth_domain::tenant::OdooSettings;
use berth_domain::{
    Bytes, CompanyName, Country, EmailAddress, HostName, ImageRef, Language, Limits, Login,
    ModuleName, Problems, Stage, TenantName, TimeZoneName,
};

use secrecy::ExposeSecret;

use crate::Settings;
use crate::request::CreateTenant;

/// What could be read. `None` where something is wrong, and the problems say what.
pub(crate) struct Wishes {
    pub(crate) name: Option<TenantName>,
    pub(crate) host: Option<HostName>,
    pub(crate) image: Option<ImageRef>,
    pub(crate) modules: Vec<ModuleName>,
    pub(crate) language: Option<Language>,
    pub(crate) limits: Option<Limits>,
    pub(crate) addons: Option<PathBuf>,
    pub(crate) stage: Option<Stage>,
    country: Option<Country>,
    demo: bool,
    company: Option<CompanyName>,
    admin_login: Option<Login>,
    email: Option<EmailAddress>,
    time_zone: Option<TimeZoneName>,
}

/// What could be read when nothing is wrong.
pub(crate) struct Ready {
    pub(crate) name: TenantName,
    pub(crate) host: HostName,
    pub(crate) image: ImageRef,
    pub(crate) stage: Stage,
    pub(crate) odoo: OdooSettings,
    pub(crate) limits: Limits,
    pub(crate) addons: Option<PathBuf>,
}

/// A password that a person chose has at least this many characters.
const SHORTEST_PASSWORD: usize = 8;

/// Reads every field and notes every problem.
pub(crate) fn wishes(settings: &Settings, request: &CreateTenant, p: &mut Problems) -> Wishes {
    let name: Option<TenantName> = p.check("name", request.name.parse());
    let host = match &request.host {
        Some(host) => p.check("host", host.parse()),
        None => name.as_ref().map(|name| HostName::of_tenant(name, &settings.base_domain)),
    };
    let stage = stage(settings, request.stage.as_ref(), p);
    let company = read(p, "company", request.company.as_ref()).or_else(|| {
        let name = name.as_ref().filter(|_| request.company.is_none())?;
        name.as_str().parse().ok()
    });
    let password = request.admin_password.as_ref().map(ExposeSecret::expose_secret);
    password_problems(password, "admin_password", p);
    let addons = request.addons.as_deref().and_then(|path| addons(settings, path, stage, p));
    Wishes {
        image: read(p, "image", request.image.as_ref())
            .or(default(request.image.as_ref(), || settings.odoo_image.clone())),
        modules: modules(&request.modules, p),
        language: read(p, "language", request.language.as_ref())
            .or(default(request.language.as_ref(), || settings.defaults.language.clone())),
        limits: limits(
            settings.defaults.limits,
            (request.cpu.as_deref(), request.memory.as_deref(), request.pids),
            p,
        ),
        country: read(p, "country", request.country.as_ref()),
        demo: request.demo,
        admin_login: read(p, "admin_login", request.admin_login.as_ref())
            .or(default(request.admin_login.as_ref(), || {
                "admin".parse().expect("`admin` is a login")
            })),
        email: read(p, "email", request.email.as_ref()),
        time_zone: read(p, "time_zone", request.time_zone.as_ref())
            .or(default(request.time_zone.as_ref(), || settings.defaults.time_zone.clone())),
        name,
        host,
        stage,
        company,
        addons,
    }
}

impl Wishes {
    /// `None` when something is missing; the problems say what.
    pub(crate) fn ready(self) -> Option<Ready> {
        Some(Ready {
            name: self.name?,
            host: self.host?,
            image: self.image?,
            stage: self.stage?,
            odoo: OdooSettings {
                modules: self.modules,
                language: self.language?,
                country: self.country,
                demo: self.demo,
                company: self.company?,
                admin_login: self.admin_login?,
                email: self.email,
                time_zone: self.time_zone?,
            },
            limits: self.limits?,
            addons: self.addons,
        })
    }
}

/// Reads a stage, or takes the installation's default.
pub(crate) fn stage(settings: &Settings, text: Option<&String>, p: &mut Problems) -> Option<Stage> {
    read(p, "stage", text).or(default(text, || settings.defaults.stage))
}

fn read<T: FromStr>(p: &mut Problems, field: &str, text: Option<&String>) -> Option<T>
where
    T::Err: std::fmt::Display,
{
    text.and_then(|text| p.check(field, text.parse()))
}

fn default<T>(text: Option<&String>, value: impl FnOnce() -> T) -> Option<T> {
    text.is_none().then(value)
}

/// Sorted, without repetition, without `base`, which every database has.
pub(crate) fn modules(texts: &[String], p: &mut Problems) -> Vec<ModuleName> {
    let mut modules: Vec<ModuleName> =
        texts.iter().filter_map(|text| p.check("modules", text.parse())).collect();
    modules.retain(|module| module.as_str() != "base");
    modules.sort();
    modules.dedup();
    modules
}

/// Notes what is wrong with a password that a person chose.
pub(crate) fn password_problems(password: Option<&str>, field: &str, p: &mut Problems) {
    let Some(password) = password else { return };
    if password.chars().count() < SHORTEST_PASSWORD {
        p.add(field, format!("a password has at least {SHORTEST_PASSWORD} characters"));
    }
    if password.chars().any(char::is_control) || password.len() > 1024 {
        p.add(field, "a password has at most 1024 bytes and no control characters");
    }
}

/// Reads limits over those that hold otherwise.
pub(crate) fn limits(
    otherwise: Limits,
    (cpu, memory, pids): (Option<&str>, Option<&str>, Option<u32>),
    p: &mut Problems,
) -> Option<Limits> {
    let before = p.0.len();
    let mut limits = otherwise;
    if let Some(millis) = cpu.and_then(|text| p.check("limits.cpu", parse_cpu(text))) {
        limits.cpu_millis = millis;
    }
    if let Some(bytes) = memory.and_then(|text| p.check("limits.memory", text.parse::<Bytes>())) {
        limits.memory = bytes;
    }
    limits.pids = pids.unwrap_or(limits.pids);
    if limits.cpu_millis < Limits::MIN_CPU_MILLIS {
        p.add("limits.cpu", "Odoo needs at least a tenth of a core");
    }
    if limits.memory < Limits::MIN_MEMORY {
        p.add("limits.memory", format!("Odoo needs at least {}", Limits::MIN_MEMORY));
    }
    if limits.pids < Limits::MIN_PIDS {
        p.add("limits.pids", format!("Odoo needs at least {} processes", Limits::MIN_PIDS));
    }
    (p.0.len() == before).then_some(limits)
}

/// Reads `2`, `0.5` or `1500m` as thousandths of a core.
pub(crate) fn parse_cpu(text: &str) -> Result<u32, String> {
    let invalid = || {
        let text: String = text.chars().take(40).collect();
        format!("`{text}` is not a number of cores: write it like `2`, `0.5` or `1500m`")
    };
    if let Some(millis) = text.strip_suffix('m') {
        return millis.parse().map_err(|_| invalid());
    }
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    if fraction.is_empty() || fraction.len() > 3 || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return Err(invalid());
    }
    let whole: u32 = whole.parse().map_err(|_| invalid())?;
    let fraction: u32 = format!("{fraction:0<3}").parse().map_err(|_| invalid())?;
    whole.checked_mul(1000).and_then(|millis| millis.checked_add(fraction)).ok_or_else(invalid)
}

/// Checks a folder of addons and returns where it really is.
pub(crate) fn addons(
    settings: &Settings,
    path: &Path,
    stage: Option<Stage>,
    p: &mut Problems,
) -> Option<PathBuf> {
    let before = p.0.len();
    if stage.is_some_and(|stage| stage != Stage::Development) {
        p.add_with_hint(
            "addons",
            "only a development tenant takes addons from a folder",
            "add `--stage development`, or build an image that contains them",
        );
    }
    let Ok(real) = path.canonicalize() else {
        p.add("addons", format!("`{}` does not exist on this host", path.display()));
        return None;
    };
    if !real.is_dir() {
        p.add("addons", format!("`{}` is not a folder", path.display()));
    }
    if !settings.addons_roots.iter().any(|root| real.starts_with(root)) {
        let roots: Vec<String> =
            settings.addons_roots.iter().map(|root| root.display().to_string()).collect();
        let hint = match roots.as_slice() {
            [] => "list the folder in `development.addons_roots` of berth.toml".to_owned(),
            roots => format!("`development.addons_roots` allows: {}", roots.join(", ")),
        };
        p.add_with_hint(
            "addons",
            format!("`{}` is outside the folders that may be mounted", real.display()),
            &hint,
        );
    }
    if let Err(error) = berth_runtime::MountSource::new(&real) {
        p.add("addons", error);
    }
    (p.0.len() == before).then_some(real)
}

/// Whether a folder of addons has a module.
pub(crate) fn addons_have(addons: Option<&Path>, module: &str) -> bool {
    addons.is_some_and(|path| path.join(module).join("__manifest__.py").is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cores_are_read_in_every_usual_spelling() {
        for (text, millis) in [("2", 2000), ("0.5", 500), ("1500m", 1500), ("1.25", 1250)] {
            assert_eq!(parse_cpu(text), Ok(millis), "{text}");
        }
        for text in ["", "x", "-1", "1.2345", "1.", "99999999999", "1;2", ".5"] {
            assert!(parse_cpu(text).is_err(), "{text}");
        }
    }

    #[test]
    fn every_wrong_limit_is_named() {
        let mut problems = Problems::default();

        let limits = limits(Limits::default(), (Some("x"), Some("1MiB"), Some(1)), &mut problems);

        assert_eq!(limits, None);
        let fields: Vec<_> = problems.0.iter().map(|p| p.field.as_str()).collect();
        assert_eq!(fields, ["limits.cpu", "limits.memory", "limits.pids"]);
    }
}
