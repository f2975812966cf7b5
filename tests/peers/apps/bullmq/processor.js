module.exports = async (job) => `sent to ${job.data.to}`;
