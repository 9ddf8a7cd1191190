//! Random values that nobody can guess.

use secrecy::SecretString;

/// Fills an array from the operating system's generator.
pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    aws_lc_rs::rand::fill(&mut bytes).expect("the operating system has random bytes");
    bytes
}

/// Makes a secret of 160 bits, in letters and digits only.
pub(crate) fn secret() -> SecretString {
    random::<20>().iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}")).into()
}
