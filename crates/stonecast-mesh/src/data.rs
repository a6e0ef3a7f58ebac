//! Values that hang on the elements of a mesh, indexed by typed ids only.

use std::ops::{Index, IndexMut};

use serde::{Deserialize, Serialize};

use crate::ids::{FaceId, VertexId};

macro_rules! element_data {
    ($(#[$doc:meta])* $name:ident, $id:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name<T>(Vec<T>);

        impl<T> $name<T> {
            /// Takes the values in the order of the ids.
            pub fn from_vec(values: Vec<T>) -> Self {
                Self(values)
            }
            /// How many elements have a value.
            pub fn len(&self) -> usize {
                self.0.len()
            }
            /// True when the mesh has no such element.
            pub fn is_empty(&self) -> bool {
                self.0.is_empty()
            }
            /// The values in the order of the ids.
            pub fn as_slice(&self) -> &[T] {
                &self.0
            }
            /// The values in the order of the ids, to change.
            pub fn as_mut_slice(&mut self) -> &mut [T] {
                &mut self.0
            }
            /// Gives the values back.
            pub fn into_vec(self) -> Vec<T> {
                self.0
            }
            /// Every id with its value, in order.
            pub fn iter(&self) -> impl Iterator<Item = ($id, &T)> {
                self.0.iter().enumerate().map(|(i, value)| ($id(i as u32), value))
            }
        }

        impl<T: Clone> $name<T> {
            /// The same value for `count` elements.
            pub fn filled(count: usize, value: T) -> Self {
                Self(vec![value; count])
            }
        }

        impl<T> Index<$id> for $name<T> {
            type Output = T;
            #[inline]
            fn index(&self, id: $id) -> &T {
                &self.0[id.index()]
            }
        }

        impl<T> IndexMut<$id> for $name<T> {
            #[inline]
            fn index_mut(&mut self, id: $id) -> &mut T {
                &mut self.0[id.index()]
            }
        }
    };
}

element_data!(
    /// One value per vertex.
    VertexData,
    VertexId
);
element_data!(
    /// One value per face.
    FaceData,
    FaceId
);
