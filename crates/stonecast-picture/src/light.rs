//! The lamps and the tone of the plaster.
//!
//! The lamps stand by the camera, not by the cast, so that a surface facing the viewer is equally bright in every
//! view: a warm key light over the viewer's left shoulder, a cool fill from the right, a low rim light that draws
//! outlines, and a sky that is brighter above. Occlusion ([`crate::occlusion`]) dims the sky, and the lamps a
//! little; what is dimmed keeps some light that neighbouring plaster throws back, as white stone does.

/// Light from a surface, red green blue, linear: what the lamps give, what the sky gives, and what it has of itself.
#[derive(Clone, Copy, Default)]
pub(crate) struct Lit {
    pub lamps: [f32; 3],
    pub sky: [f32; 3],
    /// Of a colour that means something: it must be read the same in a fissure as on a cusp.
    pub own: [f32; 3],
}

impl Lit {
    pub(crate) fn add(&mut self, other: &Self, weight: f32) {
        for i in 0..3 {
            self.lamps[i] += weight * other.lamps[i];
            self.sky[i] += weight * other.sky[i];
            self.own[i] += weight * other.own[i];
        }
    }
}

struct Lamp {
    /// Unit, from the surface to the lamp: right, up, to the viewer.
    direction: [f32; 3],
    colour: [f32; 3],
    /// How far the light reaches round: 0 is Lambert's law, 1 lights all but the far point.
    wrap: f32,
}

/// Chosen by eye on plaster casts; nothing is measured from brightness.
const LAMPS: [Lamp; 3] = [
    Lamp {
        direction: [-0.471_4, 0.628_5, 0.618_7],
        colour: [0.74, 0.715, 0.67],
        wrap: 0.08,
    },
    Lamp {
        direction: [0.835_6, 0.083_6, 0.543_0],
        colour: [0.150, 0.165, 0.185],
        wrap: 0.20,
    },
    Lamp {
        direction: [0.292_1, -0.827_6, 0.479_2],
        colour: [0.050, 0.053, 0.058],
        wrap: 0.30,
    },
];
const SKY_ABOVE: [f32; 3] = [0.375, 0.380, 0.390];
const SKY_BELOW: [f32; 3] = [0.225, 0.220, 0.215];
/// The inside of an open shell is tinted, so that a hole is not taken for a surface.
const INSIDE_TINT: [f32; 3] = [0.50, 0.54, 0.60];
/// How much of the occlusion also dims the lamps: they have some size.
const LAMP_OCCLUSION: f32 = 0.55;

/// The light of a surface with this unit normal (right, up, to the viewer).
pub(crate) fn shade(normal: [f32; 3], albedo: [f32; 3], inside: bool) -> Lit {
    let mut lamps = [0.0f32; 3];
    for lamp in &LAMPS {
        let cosine: f32 = (0..3).map(|i| normal[i] * lamp.direction[i]).sum();
        let strength = ((cosine + lamp.wrap) / (1.0 + lamp.wrap)).max(0.0);
        for (sum, colour) in lamps.iter_mut().zip(&lamp.colour) {
            *sum += colour * strength;
        }
    }
    let up = 0.5 + 0.5 * normal[1];
    let mut lit = Lit::default();
    for i in 0..3 {
        let albedo = albedo[i] * if inside { INSIDE_TINT[i] } else { 1.0 };
        lit.lamps[i] = albedo * lamps[i];
        lit.sky[i] = albedo * (SKY_BELOW[i] + (SKY_ABOVE[i] - SKY_BELOW[i]) * up);
    }
    lit
}

impl Lit {
    /// The same where the colour means something: more than half of it does not depend on lamps, so that it keeps to its
    /// legend, and what does still shows the form.
    pub(crate) fn coded(mut self, albedo: [f32; 3]) -> Self {
        const OWN: f32 = 0.62;
        self.lamps = self.lamps.map(|l| l * (1.0 - OWN));
        self.sky = self.sky.map(|l| l * (1.0 - OWN));
        self.own = albedo.map(|a| OWN * a);
        self
    }
}

/// Lamps and sky together where only the part `open` of the sky is seen. Light that is thrown back within the
/// cavity brightens it again by a part of what was lost, and warms it: `BOUNCE` is dental stone's reflectance.
pub(crate) fn occluded(lit: &Lit, open: f32) -> [f32; 3] {
    const BOUNCE: [f32; 3] = [0.84, 0.76, 0.66];
    let lamps = 1.0 - LAMP_OCCLUSION * (1.0 - open);
    std::array::from_fn(|i| {
        let sky = open / (1.0 - BOUNCE[i] * 0.6 * (1.0 - open));
        lit.lamps[i] * lamps + lit.sky[i] * sky + lit.own[i]
    })
}

/// Linear light to a linear display value: straight up to the shoulder, then softly towards white.
pub(crate) fn tone(light: f32) -> f32 {
    const SHOULDER: f32 = 0.72;
    if light <= SHOULDER {
        return light.max(0.0);
    }
    let room = 1.0 - SHOULDER;
    let over = (light - SHOULDER) / room;
    SHOULDER + room * over / (1.0 + over)
}

/// Linear display values 0–1 to sRGB bytes, by a table.
pub(crate) struct Encoder {
    table: Vec<u8>,
}

impl Encoder {
    const STEPS: usize = 8192;

    pub(crate) fn new() -> Self {
        let table = (0..=Self::STEPS)
            .map(|i| {
                let c = i as f32 / Self::STEPS as f32;
                let encoded = if c <= 0.003_130_8 {
                    12.92 * c
                } else {
                    1.055 * c.powf(1.0 / 2.4) - 0.055
                };
                (encoded * 255.0).round() as u8
            })
            .collect();
        Self { table }
    }

    pub(crate) fn byte(&self, value: f32) -> u8 {
        self.table[(value.clamp(0.0, 1.0) * Self::STEPS as f32 + 0.5) as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lamps_directions_are_units() {
        for lamp in &LAMPS {
            let length: f32 = lamp.direction.iter().map(|d| d * d).sum::<f32>().sqrt();
            assert!((length - 1.0).abs() < 1e-3, "{length}");
        }
    }

    #[test]
    fn the_table_inverts_srgb() {
        let encoder = Encoder::new();
        for byte in 0..=255 {
            assert_eq!(encoder.byte(crate::scene::linear(byte)), byte);
        }
    }

    #[test]
    fn more_light_is_never_darker() {
        let mut last = -1.0;
        for i in 0..400 {
            let value = tone(i as f32 * 0.01);
            assert!(value > last && value < 1.0);
            last = value;
        }
    }
}
