function add(first, second) {
  return first + second;
}
