//! Material libraries: of each material its name, colour and picture.

/// A material of an OBJ file's library.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Material {
    /// The name that `usemtl` refers to.
    pub name: String,
    /// The file name of the picture laid on the surface (`map_Kd`).
    pub image: Option<String>,
    /// The surface colour (`Kd`), each from 0 to 1.
    pub diffuse: Option<[f32; 3]>,
}

/// Reads a material library. Lines that are not understood are passed over: a library only decorates.
pub fn read_mtl(bytes: &[u8]) -> Vec<Material> {
    let mut materials: Vec<Material> = Vec::new();
    for line in String::from_utf8_lossy(bytes).lines() {
        let line = line.trim();
        let (keyword, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let rest = rest.trim();
        match (keyword, materials.last_mut()) {
            ("newmtl", _) => materials.push(Material {
                name: rest.to_owned(),
                ..Material::default()
            }),
            ("map_Kd", Some(material)) => material.image = picture(rest),
            ("Kd", Some(material)) => material.diffuse = colour(rest),
            _ => {}
        }
    }
    materials
}

/// The file name behind the options of a picture, such as `-s 1 1 1`: a name may hold blanks, so options are
/// stepped over as long as they look like options.
fn picture(text: &str) -> Option<String> {
    let mut rest = text;
    while rest.starts_with('-') {
        let (_, after) = rest.split_once(char::is_whitespace)?;
        rest = after.trim_start();
        while let Some((word, after)) = rest.split_once(char::is_whitespace) {
            if word.parse::<f32>().is_err() && word != "on" && word != "off" {
                break;
            }
            rest = after.trim_start();
        }
    }
    (!rest.is_empty()).then(|| rest.to_owned())
}

fn colour(text: &str) -> Option<[f32; 3]> {
    let mut numbers = text.split_whitespace().map_while(|word| word.parse().ok());
    Some([numbers.next()?, numbers.next()?, numbers.next()?])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_found_behind_options_and_with_blanks_in_its_name() {
        let library =
            b"# x\nnewmtl scan\nKd 0.5 1 0\nmap_Kd -s 1 1 1 -clamp on upper jaw.png\nnewmtl plain\n";
        let materials = read_mtl(library);
        assert_eq!(materials[0].image.as_deref(), Some("upper jaw.png"));
        assert_eq!(materials[0].diffuse, Some([0.5, 1.0, 0.0]));
        assert_eq!(
            materials[1],
            Material {
                name: "plain".into(),
                ..Material::default()
            }
        );
    }
}
