//! What people note about a tenant, when it is made and later.

#[derive(Debug, Clone, clap::Args)]
pub(crate) struct NoteArgs {
    /// Who answers for it: a login or an e-mail address
    #[arg(long, value_name = "WHO")]
    pub(crate) owner: Option<String>,
    /// A word by which it is found again; may be given several times
    #[arg(long = "tag", value_name = "TAG", value_delimiter = ',')]
    pub(crate) tags: Vec<String>,
    /// Free text
    #[arg(long, value_name = "TEXT")]
    pub(crate) notes: Option<String>,
    /// When it is suspended by itself: a day as in 2026-12-31, a span as in 14d, or never
    #[arg(long, value_name = "WHEN")]
    pub(crate) expires: Option<String>,
    /// How large database and files may be together, as in 10GiB, or none
    #[arg(long, value_name = "SIZE")]
    pub(crate) storage: Option<String>,
}
